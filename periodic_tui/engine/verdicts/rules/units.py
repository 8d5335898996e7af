"""What is the matter with single units, and with layers of them."""

from __future__ import annotations

from typing import Final

import numpy as np

from periodic_tui.engine.arrays import Mask
from periodic_tui.engine.plural import counted
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import OTHER_START, REMEDIES, Statement, ratio, rule
from periodic_tui.engine.verdicts.rules.course import FALLEN, batches, course, has_fallen, is_flat, limit_of
from periodic_tui.engine.verdicts.rules.data import has_wave, is_linear, is_unpredictable
from periodic_tui.engine.verdicts.rules.form import needs_bias
from periodic_tui.engine.verdicts.rules.outcome import is_learning
from periodic_tui.engine.verdicts.rules.scale import is_out_of_reach, is_unscaled
from periodic_tui.engine.verdicts.rules.steps import is_too_small
from periodic_tui.engine.verdicts.words import in_one_line, percent, units_of

_CONSTANT: Final = 0.01
"""The fit is a constant where it varies by less than this share of what the target does."""


@rule("dead-network", lambda e: e.dead_layer >= 0)
def dead_network(e: Evidence) -> Statement:
    """Some hidden layer has only dead units: |φ′(z)| ≥ 1e-3 (for ReLU: z > 0) on less than 1 % of the probe."""
    layer = e.layers[e.dead_layer[0]]
    several = layer.units > 1
    who = f"All {layer.units:,} units of {layer.name} are dead" if several else f"The unit of {layer.name} is dead"
    it = "them" if several else "it"
    sure = f"no point of the domain can revive {it}, " if len(layer.certified) == layer.units else ""
    is_output = not e.method.output_layer and layer is e.layers[-1]
    behind = "" if is_output else f", and only what lies behind {it} still learns"
    text = f"{who}: {sure}no gradient passes{behind}. The fit is {_constant(e)}."
    short = f"{who}: the fit is the constant {e.fit_mean[0]:.4g}."
    figures = {"layer": layer.name, "units": layer.units, "fit_mean": e.fit_mean[0], **_averages(e)}
    return Statement(text, in_one_line(short, f"{who}."), figures, next=(REMEDIES, OTHER_START))


@rule(
    "collapsed-to-constant", lambda e: (e.fit_std < _CONSTANT * e.target_std) & ~(e.distance > e.basin) & ~is_linear(e)
)
def collapsed_to_constant(e: Evidence) -> Statement:
    """The standard deviation of the fit on the probe is below 1 % of the target's."""
    mean, std = e.fit_mean[0], e.fit_std[0]
    varies = f"it varies by {std:.2g}, the target by {e.target_std:.3g}"
    text = f"The fit is {_constant(e)}: {varies}."
    short = in_one_line(f"The fit is the constant {mean:.4g}: {varies}.", f"The fit is the constant {mean:.4g}.")
    figures = {"fit_mean": mean, "fit_std": std, "target_std": e.target_std, **_averages(e)}
    return Statement(text, short, figures, ratio(_CONSTANT * e.target_std, std), (REMEDIES, OTHER_START))


def _constant(e: Evidence) -> str:
    """Beside the best constants for a squared and for an absolute loss (Lu, Su and Karniadakis, 2018)."""
    return f"the constant {e.fit_mean[0]:.4g} (mean of y {e.target_mean:.4g}, median {e.target_median:.4g})"


def _averages(e: Evidence) -> dict[str, float]:
    return {"target_mean": e.target_mean, "target_median": e.target_median}


_GAIN: Final = 0.1
"""Share of the residual that one more unit must take for the units to be the matter, …"""
_WELL: Final = 0.95
"""… and share of the target from which they are not."""


def _matter(e: Evidence, some: Mask) -> Mask:
    """Which of `some`, who have such units, pay for them: one more would help, the loss is at rest, and nothing else is
    the matter."""
    costly = some & (e.gain > _GAIN) & (e.explained < _WELL)
    if not costly.any():
        return costly
    others = [is_unscaled, is_unpredictable, is_linear, is_too_small, is_out_of_reach, has_wave, needs_bias]
    free = ~np.any([np.broadcast_to(other(e), len(e)) for other in others], axis=0)
    return costly & free & ~is_learning(e)


def _units(e: Evidence, attribute: str, noun: str, does: str, do: str) -> Statement:
    """Counts the units of each layer's `attribute`, says what they do (`does` of one, `do` of several) and names
    them."""
    found = [layer for layer in e.layers if getattr(layer, attribute)]
    count = sum(len(getattr(layer, attribute)) for layer in found)
    who, loss, gain = counted(count, noun), e.loss[0], e.gain[0]
    before, lately, _ = (float(value[0]) for value in course(e))
    places = "; ".join(units_of(layer, attribute) for layer in found)
    costs = f" A unit that is fitted in its place would take {percent(gain)} of the loss." if gain > 0 else ""
    text = f"{who} ({places}) {does if count == 1 else do}; {not_falling(e)}.{costs}"
    where = ", ".join(layer.name for layer in found)
    trend = f"loss {before:.3g} to {lately:.3g} in the last fifth"
    short = in_one_line(
        f"{who} in {where}; {trend} of the steps.",
        f"{who} in {where}; {trend}.",
        f"{who} in {len(found)} layers; {trend}.",
        f"{who}; {trend}.",
    )
    figures = {"count": count, "loss": loss, "loss_before": before, **({"gain": gain} if gain > 0 else {})}
    return Statement(text, short, figures, next=(REMEDIES, OTHER_START))


def not_falling(e: Evidence) -> str:
    """What the loss does instead of falling."""
    before, now, error = (float(value[0]) for value in course(e))
    if has_fallen(e)[0]:
        first, second, third = (float(value[0]) for value in batches(e))
        fifths = f"{first:.3g}, {second:.3g} and {third:.3g} in the last three fifths of the steps"
        return f"the minibatch loss falls ever more slowly, {fifths}, and levels off near {limit_of(e)[0]:.2g}"
    if is_flat(e)[0] and now < before:
        return (
            f"the minibatch loss stands still: {e.earlier_loss[0]:.3g} in the fifth of the steps before the last, "
            f"{e.recent_loss[0]:.3g} in the last"
        )
    if now < FALLEN * before:
        return (
            f"the loss swings more than it falls: {before:.3g} in the fifth of the steps before the last, {now:.3g} ± "
            f"{2 * error * now:.1g} in the last"
        )
    return f"the loss has not fallen by 2 % in the last fifth of the steps: {before:.3g} then, {now:.3g} now"


@rule("dead-units", lambda e: _matter(e, (e.dead > 0) & (e.dead_layer < 0)))
def dead_units(e: Evidence) -> Statement:
    """Some unit is dead: |φ′(z)| ≥ 1e-3 (for ReLU: z > 0) on less than 1 % of the probe."""
    where = "on less than 1 % of the probe"
    return _units(e, "dead", "dead unit", f"reacts {where}", f"react {where}")


@rule("duplicate-units", lambda e: _matter(e, e.duplicate > 0))
def duplicate_units(e: Evidence) -> Statement:
    """The activations of two live units of a layer have a Pearson correlation above 0.98 on the probe."""
    return _units(e, "duplicate", "duplicate pair", "does the same work", "do the same work")


@rule("mute-units", lambda e: _matter(e, e.mute > 0))
def mute_units(e: Evidence) -> Statement:
    """What a live unit adds to the next layer varies by less than 1 % of what that layer's input does."""
    return _units(e, "mute", "mute unit", "hardly reaches the next layer", "hardly reach the next layer")


@rule("wrong-sign", lambda e: (e.wrong_sign > 0) & ~e.good)
def wrong_sign(e: Evidence) -> Statement:
    """In the place of a live unit of the last hidden layer, the best one with the other sign of the outgoing weight
    leaves less than nine tenths of what the best one of its own sign leaves, and of the present loss."""
    would = "would help with the other sign and cannot with"
    return _units(e, "wrong_sign", "wrong-sign unit", f"{would} its own", f"{would} their own")
