"""Steps that are too large, too small, or lead nowhere yet."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import (
    AGAIN,
    HALVE,
    REMEDIES,
    TENFOLD,
    Statement,
    ratio,
    rule,
)
from periodic_tui.engine.verdicts.rules.data import TINY, is_at_noise_floor, is_on_plateau
from periodic_tui.engine.verdicts.rules.form import is_saturated
from periodic_tui.engine.verdicts.words import in_one_line, percent

_STABLE: Final = 2.0
"""lr times sharpness above which gradient descent on a parabola diverges."""
_FALLS_ON: Final = 0.9
"""At the edge of stability the loss may go on falling: its last fifth is below this share of the fifth before."""
_FASTER: Final = 3.0
"""A step is too small where ten times of it let the loss fall so many times as far, …"""
_NOTICED: Final = 0.01
"""… by more than this, as a logarithm."""
_PATIENCE: Final = 2.0
"""So many times the steps that are left must not do."""
_TRACE: Final = 1e-7
"""Fall in a trial, as a logarithm, that is more than rounding."""
_UNMOVED, _UNMOVED_BELOW = 0.15, 0.9
"""No weights moved by more than the first share of their size, and less than the second of the target is explained."""


def _still_falls(e: Evidence) -> Mask:
    return (e.recent_loss < _FALLS_ON * e.earlier_loss) & (e.loss_lately < e.loss_before)


def _is_beyond(e: Evidence) -> Mask:
    return (e.lr * e.sharpness > _STABLE) & ~_still_falls(e)


def _was_beyond(e: Evidence) -> Mask:
    """Who was thrown out at the best place, or whose units were thrown to their ends at the start."""
    thrown = e.lr * e.best_sharpness > _STABLE
    return thrown | (~e.good & (e.lr * e.start_sharpness > _STABLE))


def _swings(e: Evidence) -> Mask:
    """Who is inside the answer's basin and cannot come to rest there."""
    inside = (e.distance < e.basin) & ~e.good & np.isfinite(e.loss_before)
    return inside & (e.lr * e.answer_sharpness > _STABLE) & ~_still_falls(e)


@rule("step-too-large", lambda e: (_is_beyond(e) | _was_beyond(e) | _swings(e)) & ~is_at_noise_floor(e))
def step_too_large(e: Evidence) -> Statement:
    """Plain gradient descent, and lr · sharpness > 2 at the present point, where the loss does not go on falling; or
    the run was inside the answer's basin (for models with a frequency; otherwise at its lowest loss) and was thrown out
    while lr · sharpness > 2 there; or it is inside still, and no nearer; or that held at the start, and half of a layer
    has come to its ends since. A run at its noise floor has no step too large.

    Sharpness is the largest eigenvalue of the probe loss's Hessian, R²/3 at a sine's answer, R being the half-width of
    the range of x; where the parameters' rates differ, that of the Hessian scaled by their shares of lr, the largest.
    """
    lr, here = e.lr[0], bool(_is_beyond(e)[0])
    thrown_out = bool(e.lr[0] * e.best_sharpness[0] > _STABLE)
    places = [
        (here, e.sharpness, "here"),
        (thrown_out, e.best_sharpness, _best_place(e)),
        (bool(_swings(e)[0]), np.full(1, e.answer_sharpness), "at the answer"),
        (True, e.start_sharpness, "at the start"),
    ]
    sharpness, place = next((value[0], where) for holds, value, where in places if holds)
    limit = _STABLE / sharpness
    ends = " and threw the units to their ends" if place == "at the start" else ""
    thrown = "" if here else " and threw the run out" if thrown_out else ends
    times = f"lr {lr:.3g} is {lr / limit:.3g} times"
    text = f"The step is too large{thrown}: {times} 2/L″ = {limit:.2g}, the largest stable one {place}."
    does = f"The step {thrown.removeprefix(' and ') or 'is too large'}"
    short = in_one_line(f"{does}: {times} the stable {limit:.2g}.", f"{does}: lr {lr:.3g}, stable {limit:.2g}.")
    figures = {"lr": lr, "lr_limit": limit, "ratio": lr / limit, "distance": e.distance[0]}
    return Statement(text, short, figures, lr / limit, (REMEDIES, HALVE) if here else (REMEDIES, HALVE, AGAIN))


def _best_place(e: Evidence) -> str:
    return "at its lowest loss" if math.isnan(e.distance[0]) else "at the answer"


def _steps_to_goal(e: Evidence) -> Floats:
    """At the rate of the trial; inf where the loss does not fall."""
    rate = np.where(e.fall > 0, e.fall, np.nan) / e.trial_steps
    needed: Floats = np.log(e.loss / e.goal) / rate if e.goal else np.full(len(e), np.nan)
    return np.where(np.isnan(needed), np.inf, needed)


def _left(e: Evidence) -> int:
    """Steps that the run still has, or as many again."""
    return max(e.method.planned - e.steps, e.steps)


def _falls_faster(e: Evidence) -> Mask:
    return (e.fall > 0) & (e.fall_larger > _FASTER * e.fall) & (e.fall_larger > _NOTICED)


def _has_not_moved(e: Evidence) -> Mask:
    if 2 * e.steps < e.method.planned:
        return np.zeros(len(e), dtype=bool)
    return (e.moved > 0) & (e.moved < _UNMOVED) & (e.explained < _UNMOVED_BELOW)


def is_too_small(e: Evidence) -> Mask:
    """Who would get farther with larger steps, and with these does not arrive."""
    would_help = _falls_faster(e) | (_has_not_moved(e) & (e.fall_larger > _TRACE))
    never = _steps_to_goal(e) > _PATIENCE * _left(e)
    return ~e.good & ~is_on_plateau(e) & ~is_saturated(e) & would_help & never


@rule("step-too-small", is_too_small)
def step_too_small(e: Evidence) -> Statement:
    """Twice the steps that the run has left (or has taken) would not bring the loss down to 1 % of the target's
    variance, and in a trial with ten times the learning rate it falls at least three times as far, or no layer's
    weights have moved by 15 % of their size. A trial trains copies for a twentieth of the steps.
    """
    lr, loss = e.lr[0], e.loss[0]
    needed, moved = _steps_to_goal(e)[0], e.moved[0]
    took = f"after {e.steps:,} steps of lr {lr:.3g} the loss is {loss:.3g}"
    arrives = f"at this rate {needed:,.0f} more would bring it to {e.goal:.2g}" if needed < 1e9 else "it hardly falls"
    fall, larger = _fallen(e.fall[0]), _fallen(e.fall_larger[0])
    tried = f"in {e.trial_steps[0]:,.0f} more it fell by {fall}, with ten times lr by {larger}"
    still = f"; the weights have moved by {percent(moved)} of their size" if moved < _UNMOVED else ""
    text = f"The steps are too small: {took}, and {arrives}. In a trial, {tried}{still}."
    short = in_one_line(
        f"The steps are too small: lr {lr:.3g}; ten times of it fall {e.fall_larger[0] / e.fall[0]:.3g} times as far.",
        f"The steps are too small: lr {lr:.3g}, loss {loss:.3g}.",
    )
    figures = {"lr": lr, "loss": loss, "steps_needed": needed, "fall": e.fall[0], "fall_larger": e.fall_larger[0]}
    if e.method.is_descent and math.isfinite(e.sharpness[0]):
        figures["lr_limit"] = _STABLE / e.sharpness[0]
    return Statement(text, short, figures, e.fall_larger[0] / max(_FASTER * e.fall[0], 1e-300), (REMEDIES, TENFOLD))


def _fallen(logarithm: float) -> str:
    return percent(-math.expm1(-logarithm)) if logarithm > 0 else "nothing"


@rule("plateau", is_on_plateau)
def plateau(e: Evidence) -> Statement:
    """The first layer's weights began below a sixth of the size that torch draws, and the fit is still nearly constant:
    near zero all gradients are products of small weights."""
    size, std, loss = e.start_weights[0], e.fit_std[0], e.loss[0]
    text = (
        f"On the plateau around zero: the weights began at {size:.2g} of 1/√inputs (torch's at 0.58), so that every "
        f"gradient is a product of small numbers; after {e.steps:,} steps the fit varies by {std:.2g}, the target by "
        f"{e.target_std:.3g}, loss {loss:.3g}."
    )
    short = in_one_line(f"On the plateau around zero: the weights began at {size:.2g} of 1/√inputs.")
    figures = {"start_weights": size, "fit_std": std, "target_std": e.target_std, "loss": loss}
    return Statement(text, short, figures, ratio(TINY, size), (REMEDIES, TENFOLD))
