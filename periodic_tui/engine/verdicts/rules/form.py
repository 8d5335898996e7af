"""What the form of the network, or of its inputs, makes hard."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from periodic_tui.engine.arrays import Mask
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import OTHER_START, REMEDIES, TENFOLD, Statement, rule
from periodic_tui.engine.verdicts.rules.scale import starts_saturated
from periodic_tui.engine.verdicts.words import explained, in_one_line, percent

_HALF: Final = 0.5
"""Share of a layer's units that are saturated."""
_HELPS: Final = 0.1
"""Share of the residual that a unit with a bias must take, …"""
_NEEDS_BIAS: Final = 0.9
"""… leaving less than this share of what one without leaves."""
_CONDITION: Final = 100.0
"""λ_max ÷ λ_min from which the inputs are ill-conditioned."""
_ABOVE_LINE: Final = 1.1


def is_saturated(e: Evidence) -> Mask:
    """Whose layer has come to be at its ends, half of it; who began there for the scale of x is not meant."""
    return ~e.good & e.alive & (e.saturated >= _HALF) & ~starts_saturated(e)


@rule("saturated", is_saturated)
def saturated(e: Evidence) -> Statement:
    """For another reason than the scale of x, at least half of the bounded units of some hidden layer have less than
    5 % of their largest slope on more than 90 % of the probe."""
    share, kind = e.saturated[0], e.method.activation
    text = (
        f"Saturated: {percent(share)} of the {kind} units of a hidden layer are at their ends nearly everywhere, with "
        f"less than 5 % of their slope; hardly any gradient passes. The fit explains {explained(e.explained[0])}."
    )
    short = in_one_line(f"Saturated: {percent(share)} of the {kind} units of a layer are at their ends.")
    figures = {"saturated": share, "explained": e.explained[0]}
    return Statement(text, short, figures, share / _HALF, (REMEDIES, OTHER_START))


def needs_bias(e: Evidence) -> Mask:
    """Who has no biases, and would be helped by a unit that has one."""
    if e.method.biases or not e.method.first_units:
        return np.zeros(len(e), dtype=bool)
    return ~e.good & (e.gain > _HELPS) & (1 - e.gain < _NEEDS_BIAS * (1 - e.gain_through_origin))


@rule("no-bias", needs_bias)
def no_bias(e: Evidence) -> Statement:
    """The model has no biases, so that all kinks lie at the origin, and one more unit takes more than 10 % of the
    residual if it has a bias, clearly more than without. Measured on points that it was not fitted to."""
    placed, origin = e.gain[0], e.gain_through_origin[0]
    text = (
        f"No biases: every unit turns at the origin. One more unit with a bias takes {percent(placed)} of what is "
        f"left, one without {explained(origin)}; the fit explains {explained(e.explained[0])} of the target."
    )
    short = in_one_line(
        f"No biases: a unit that has one takes {percent(placed)} of the rest, else {explained(origin)}."
    )
    figures = {"gain": placed, "gain_without": origin, "explained": e.explained[0]}
    return Statement(text, short, figures, placed / _HELPS, (REMEDIES,))


def is_ill_conditioned(e: Evidence) -> Mask:
    """A linear model whose slowest direction has not come to rest."""
    samples = e.samples
    if not e.method.is_linear or not samples.steepest > _CONDITION * samples.flattest:
        return np.zeros(len(e), dtype=bool)
    return e.alive & (e.loss > _ABOVE_LINE * samples.baselines.line) & (e.loss > e.solved_below)


@rule("ill-conditioned", is_ill_conditioned)
def ill_conditioned(e: Evidence) -> Statement:
    """A linear model above 1.1 times the best line's loss, on inputs whose second moments E[x̃ x̃ᵀ] have eigenvalues
    more than 100 times apart: the step must suit the largest, and the smallest decides how many it takes."""
    samples, loss, line = e.samples, e.loss[0], e.samples.baselines.line
    condition = samples.steepest / samples.flattest
    slowest = condition if not e.method.is_descent else 1 / (2 * e.lr[0] * samples.flattest)
    takes = "at best, gradient descent takes" if not e.method.is_descent else f"with lr {e.lr[0]:.3g} it takes"
    text = (
        f"Ill-conditioned: λ of the inputs (x, 1) are {samples.flattest:.3g} to {samples.steepest:.3g}, "
        f"{condition:,.0f} times apart; {takes} some {slowest:,.0f} steps in the slowest direction, "
        f"{e.steps:,} were taken. Loss {loss:.4g}, the best line {line:.4g}."
    )
    short = in_one_line(
        f"Ill-conditioned: λ {condition:,.0f} times apart; loss {loss:.3g}, the best line {line:.3g}.",
        f"Ill-conditioned: λ {condition:.3g} times apart, loss {loss:.3g}.",
    )
    figures = {"condition": condition, "slowest": slowest, "loss": loss, "line": line}
    margin = math.inf if not line else loss / (_ABOVE_LINE * line)
    return Statement(text, short, figures, margin, (REMEDIES, TENFOLD))
