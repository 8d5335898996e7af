"""How training goes: where it ended, or that it goes on."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from periodic_tui.engine.arrays import Mask
from periodic_tui.engine.plural import counted
from periodic_tui.engine.snapshot import Verdict
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import AGAIN, HALVE, REMEDIES, Statement, ratio, rule
from periodic_tui.engine.verdicts.rules.course import FALL, by_batches, course, has_fallen, levels_off, limit_of
from periodic_tui.engine.verdicts.rules.scale import largest_step
from periodic_tui.engine.verdicts.words import explained, in_one_line, percent

_EXPLAINED: Final = 0.95
_HELD_OUT: Final = 0.5
"""Shares of the variance: more than the first is explained in training, less than the second on the test domain."""
_NEARLY: Final = 0.9
"""Share of the target that is explained where little is missing."""


@rule("diverged", lambda e: ~e.alive)
def diverged(e: Evidence) -> Statement:
    """A parameter or the loss is not finite. That replica is frozen at its last good step; the others go on.

    Of gradient descent the largest stable step is said: of the inputs, 1/λ, or 2/L″ where the loss was last finite.
    """
    loss, lr = e.loss[0], e.lr[0]
    at = f", at loss {loss:.3g}" if math.isfinite(loss) else ""
    where, limit = f"Frozen at the last good step{at}", _stable_step(e)
    why = (
        f" The step was too large: lr {lr:.3g} is {lr / limit:.3g} times {limit:.3g}, the largest stable one."
        if limit
        else ""
    )
    text = f"Training blew up: a parameter or the loss is no longer finite.{why} {where}."
    cause = f"lr {lr:.3g} is {lr / limit:.3g} times the stable {limit:.3g}" if limit else "no longer finite"
    short = in_one_line(
        f"Training blew up: {cause}. {where}.", f"Training blew up: {cause}.", f"Training blew up. {where}."
    )
    figures = {"loss": loss, **({"lr": lr, "lr_limit": limit} if limit else {})}
    return Statement(text, short, figures, next=(REMEDIES, HALVE, AGAIN))


def _stable_step(e: Evidence) -> float:
    """The limit that lr is above; 0 where none is known."""
    limits = [largest_step(e)] if e.method.is_descent else []
    limits += [2 / value for value in (e.sharpness[0], e.best_sharpness[0]) if value > 0]
    return next((limit for limit in limits if e.lr[0] > limit), 0.0)


def is_solved(e: Evidence) -> Mask:
    """Who is at most at `solved_below`, or always right."""
    below = (e.loss <= e.solved_below) & ~(e.loss_test > e.solved_below)
    return np.where(np.isnan(e.accuracy), below, (e.accuracy == 1.0) & ~(e.explained_test < _HELD_OUT))


@rule("solved", is_solved)
def solved(e: Evidence) -> Statement:
    """The probe loss is at most the preset's `solved_below`, and on the test domain too where there is one. For targets
    with a right or wrong (the clock, classes): all answers are right, whatever the loss."""
    loss, test = e.loss[0], e.loss_test[0]
    if not math.isnan(e.accuracy[0]):
        text = f"Solved: every answer is right; loss {loss:.2g}."
        return Statement(text, text, {"accuracy": 1.0}, next=(AGAIN,))
    who, limit = _frequency(e) or "Solved", f"up to {e.solved_below:g} counts as solved"
    held_out = "" if math.isnan(test) else f" ({test:.3g} on the test domain)"
    exact = loss == 0 and not test > 0
    why = "the loss is 0 because every sample fits" if exact else f"the probe loss is {loss:.3g}{held_out}; {limit}"
    line = why if exact else f"loss {loss:.3g}; {limit}"
    text = f"{who}: {why}."
    short = in_one_line(text, f"{who}: {line}.", f"Solved: {line}.")
    figures = {"loss": loss, "solved_below": e.solved_below, "loss_test": test}
    return Statement(text, short, figures, ratio(e.solved_below, np.fmax(loss, test)), (AGAIN,))


def _frequency(e: Evidence) -> str:
    """Where the frequencies are, if they are the answer's; empty where they are not, or there are none."""
    distance, count = e.distance[0], len(e.omega)
    if e.peak or not count or not distance < e.basin[0]:
        return ""
    if count > 1:
        return f"All {count} frequencies are {f'within {distance:.2g} of' if distance else 'exactly'} the answer"
    return f"ω is exactly {e.omega[0]:.6g}" if not distance else f"ω is {distance:.2g} from the answer"


def _does_not_extrapolate(e: Evidence) -> Mask:
    far = (e.explained > _EXPLAINED) & (e.explained_test < _HELD_OUT)
    solved_inside = (e.loss <= e.solved_below) & (e.loss_test > e.solved_below)
    return far | (solved_inside & (e.explained_test < _EXPLAINED))


@rule("no-extrapolation", _does_not_extrapolate)
def no_extrapolation(e: Evidence) -> Statement:
    """More than 95 % of the target's variance is explained on the training domain, less than 50 % on the test domain;
    or what is solved on the training domain explains less than 95 % on the test domain."""
    inside, outside, loss = e.explained[0], e.explained_test[0], e.loss_test[0]
    text = (
        f"It fits what it has seen and not what lies beyond: the fit explains {percent(inside)} of the target where it "
        f"was trained and {explained(outside)} on the test domain that the preset holds out, test loss {loss:.3g} "
        f"against {e.test_variance:.3g} for the best constant."
    )
    short = f"Fits where it was trained ({percent(inside)}), not on the test domain ({explained(outside)})."
    figures = {"explained": inside, "explained_test": outside, "loss_test": loss}
    margin = max(1.0, min(ratio(1 - _EXPLAINED, 1 - inside), ratio(1 - outside, 1 - _HELD_OUT)))
    other = (("next:activation", "tries another activation"),) if e.layers else ()
    return Statement(text, short, figures, margin, (REMEDIES, *other))


def is_learning(e: Evidence) -> Mask:
    """Whose loss fell for sure, and goes on to; who is nearly there and falls in a trial; who took no step."""
    return (has_fallen(e) & ~levels_off(e)) | _will_fall(e) | np.isnan(e.loss_before)


def _will_fall(e: Evidence) -> Mask:
    return (e.explained > _NEARLY) & (e.fall > FALL)


@rule("learning", is_learning)
def learning(e: Evidence) -> Statement:
    """The loss fell by more than 2 % from the fifth of the steps before the last to the last, and by more than twice
    the standard error of that, and the minibatch losses did not stand still, nor is the loss within a tenth of where
    it levels off, if that is not good; or the fit explains more than 90 % and the loss falls by 2 % in a trial of a
    few more steps; or there was no step yet.

    The loss of a fifth is the median on the probe or the middle of the minibatch losses, whichever says more surely how
    it fell. Where it levels off is told by Aitken's extrapolation of the minibatch losses of three fifths.
    """
    loss = e.loss[0]
    if math.isnan(e.loss_before[0]):
        steps = f"Only {counted(e.steps, 'step')}" if e.steps else "No step was taken"
        text = f"{steps} from here yet; probe loss {loss:.3g}."
        return Statement(text, text, {"loss": loss})
    if not (has_fallen(e) & ~levels_off(e))[0]:
        return _nearly_there(e)
    before, lately = (float(value[0]) for value in course(e)[:2])
    fall, limit = 1 - lately / before, limit_of(e)[0]
    fell = f"the {'minibatch' if by_batches(e)[0] else 'probe'} loss fell by {percent(fall)} to {lately:.3g}"
    slower = limit > e.goal and not e.good[0]
    text = f"Learning: {fell} over the last fifth of the steps."
    text += f" It falls ever more slowly, and may level off near {limit:.2g}." if slower else ""
    short = in_one_line(text, f"Learning: {fell} in the last fifth.")
    figures = {"loss": loss, "loss_before": before, "fall": fall, **({"limit": limit} if slower else {})}
    return Statement(text, short, figures, fall / FALL, (REMEDIES,))


def _nearly_there(e: Evidence) -> Statement:
    loss, fall = e.loss[0], -math.expm1(-e.fall[0])
    trial = f"in a trial of {e.trial_steps[0]:,.0f} more steps it fell by {percent(fall)}"
    text = f"Nearly there: loss {loss:.3g}; {trial}."
    short = in_one_line(text, f"Nearly there: {trial}.")
    return Statement(text, short, {"loss": loss, "fall": fall}, fall / FALL, (REMEDIES,))


def says_nothing_yet(verdict: Verdict) -> bool:
    """Whether it only says that there was no step yet: a fact of one moment, not to be held on to."""
    return verdict.code == "learning" and math.isinf(verdict.margin)
