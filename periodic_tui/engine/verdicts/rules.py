"""What is the matter with a network: the first rule that holds names the verdict.

Codes, predicates and their order are the command line's contract. A predicate takes a whole population at once; the
sentence is written for one replica. A new verdict is one rule here, at its place in the order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

import numpy as np

from periodic_tui.engine.arrays import Counts, Mask
from periodic_tui.engine.plural import counted
from periodic_tui.engine.snapshot import Verdict
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.words import basins, explained, in_one_line, percent, units_of

_EXPLAINED, _HELD_OUT = 0.95, 0.5
"""Shares of the variance: more than the first is explained in training, less than the second on the test domain."""
_CONSTANT = 0.01
"""The fit is a constant where it varies by less than this share of what the target does."""
_STABLE = 2.0
"""lr times sharpness above which gradient descent on a parabola diverges."""
_NOTHING = 0.05
"""Share of the variance below which the fit explains nothing."""
_NOISE = 0.1
"""Share of the noise variance by which the training loss may differ from it."""
_FALL = 0.02
"""Share by which the loss of a network that learns falls in the last fifth of the steps."""
_AGAIN = ("reinitialize", "starts over")
_OTHER_START = ("next:seed", "starts elsewhere")
_HALVE = ("scale-lr:0.5", "halves lr")
_REMEDIES = ("remedies", "lists what may help")


class Statement(NamedTuple):
    """What is said of one replica."""

    text: str
    """First what happened, then the figures."""
    short: str
    """The same in one line."""
    figures: Mapping[str, float | int | str]
    """Those that it rests on."""
    margin: float = math.inf
    """How many times the deciding figure is beyond its limit; inf: a fact."""
    next: tuple[tuple[str, str], ...] = ()
    """Commands for what to do now, each with what it does."""


@dataclass(frozen=True)
class Rule:
    """One verdict. The docstring of its sentence is its definition."""

    code: str
    predicate: Callable[[Evidence], Mask]
    """For which replicas it holds."""
    sentence: Callable[[Evidence], Statement]
    """For evidence on a single replica, for which it holds."""


RULES: list[Rule] = []
"""In order of precedence, which is that of this file."""


def _rule(code: str, predicate: Callable[[Evidence], Mask]) -> Callable[[Callable[[Evidence], Statement]], Rule]:
    """Decorator of a sentence: adds the rule after those above."""

    def add(sentence: Callable[[Evidence], Statement]) -> Rule:
        RULES.append(Rule(code, predicate, sentence))
        return RULES[-1]

    return add


@_rule("diverged", lambda e: ~e.alive)
def diverged(e: Evidence) -> Statement:
    """A parameter or the loss is not finite. That replica is frozen at its last good step; the others go on."""
    loss = e.loss[0]
    at = f", at loss {loss:.3g}" if math.isfinite(loss) else ""
    where = "Frozen at the last good step"
    text = f"Training blew up: a parameter or the loss is no longer finite. {where}{at}."
    short = in_one_line(f"Training blew up: no longer finite. {where}{at}.", f"Training blew up. {where}{at}.")
    return Statement(text, short, {"loss": loss}, next=(_HALVE, _AGAIN, _REMEDIES))


def _is_solved(e: Evidence) -> Mask:
    below = (e.loss <= e.solved_below) & ~(e.loss_test > e.solved_below)
    return np.where(np.isnan(e.accuracy), below, (e.accuracy == 1.0) & ~(e.explained_test < _HELD_OUT))


@_rule("solved", _is_solved)
def solved(e: Evidence) -> Statement:
    """The probe loss is at most the preset's `solved_below`, and on the test domain too where there is one. For targets
    with a right or wrong (the clock, classes): all answers are right, whatever the loss."""
    loss, test = e.loss[0], e.loss_test[0]
    if not math.isnan(e.accuracy[0]):
        text = f"Solved: every answer is right; loss {loss:.2g}."
        return Statement(text, text, {"accuracy": 1.0}, next=(_AGAIN,))
    who, limit = _frequency(e) or "Solved", f"up to {e.solved_below:g} counts as solved"
    held_out = "" if math.isnan(test) else f" ({test:.3g} on the test domain)"
    exact = loss == 0 and not test > 0
    why = "the loss is 0 because every sample fits" if exact else f"the probe loss is {loss:.3g}{held_out}; {limit}"
    line = why if exact else f"loss {loss:.3g}; {limit}"
    text = f"{who}: {why}."
    short = in_one_line(text, f"{who}: {line}.", f"Solved: {line}.")
    figures = {"loss": loss, "solved_below": e.solved_below, "loss_test": test}
    return Statement(text, short, figures, _ratio(e.solved_below, np.fmax(loss, test)), (_AGAIN,))


def _frequency(e: Evidence) -> str:
    """Where the frequencies are, if they are the answer's; empty where they are not, or there are none."""
    distance, count = e.distance[0], len(e.omega)
    if e.peak or not count or not distance < e.basin[0]:
        return ""
    if count > 1:
        return f"All {count} frequencies are {f'within {distance:.2g} of' if distance else 'exactly'} the answer"
    return f"ω is exactly {e.omega[0]:.6g}" if not distance else f"ω is {distance:.2g} from the answer"


@_rule("no-extrapolation", lambda e: (e.explained > _EXPLAINED) & (e.explained_test < _HELD_OUT))
def no_extrapolation(e: Evidence) -> Statement:
    """More than 95 % of the target's variance is explained on the training domain, less than 50 % on the test
    domain."""
    inside, outside, loss = e.explained[0], e.explained_test[0], e.loss_test[0]
    text = (
        f"It fits what it has seen and not what lies beyond: the fit explains {percent(inside)} of the target where it "
        f"was trained and {explained(outside)} on the test domain that the preset holds out, test loss {loss:.3g} "
        f"against {e.test_variance:.3g} for the best constant."
    )
    short = f"Fits where it was trained ({percent(inside)}), not on the test domain ({explained(outside)})."
    figures = {"explained": inside, "explained_test": outside, "loss_test": loss}
    margin = min(_ratio(1 - _EXPLAINED, 1 - inside), _ratio(1 - outside, 1 - _HELD_OUT))
    other = (("next:activation", "tries another activation"),) if e.layers else ()
    return Statement(text, short, figures, margin, other)


@_rule("dead-network", lambda e: e.dead_layer >= 0)
def dead_network(e: Evidence) -> Statement:
    """Some hidden layer has only dead units: |φ′(z)| ≥ 1e-3 (for ReLU: z > 0) on less than 1 % of the probe."""
    layer = e.layers[e.dead_layer[0]]
    several = layer.units > 1
    who = f"All {layer.units:,} units of {layer.name} are dead" if several else f"The unit of {layer.name} is dead"
    it = "them" if several else "it"
    sure = f"no point of the domain can revive {it}, " if len(layer.certified) == layer.units else ""
    text = f"{who}: {sure}no gradient passes, and only what lies behind {it} still learns. The fit is {_constant(e)}."
    short = f"{who}: the fit is the constant {e.fit_mean[0]:.4g}."
    figures = {"layer": layer.name, "units": layer.units, "fit_mean": e.fit_mean[0], **_averages(e)}
    return Statement(text, in_one_line(short, f"{who}."), figures, next=(_AGAIN, _OTHER_START, _REMEDIES))


@_rule("collapsed-to-constant", lambda e: e.fit_std < _CONSTANT * e.target_std)
def collapsed_to_constant(e: Evidence) -> Statement:
    """The standard deviation of the fit on the probe is below 1 % of the target's."""
    mean, std = e.fit_mean[0], e.fit_std[0]
    varies = f"it varies by {std:.2g}, the target by {e.target_std:.3g}"
    text = f"The fit is {_constant(e)}: {varies}."
    short = in_one_line(f"The fit is the constant {mean:.4g}: {varies}.", f"The fit is the constant {mean:.4g}.")
    figures = {"fit_mean": mean, "fit_std": std, "target_std": e.target_std, **_averages(e)}
    return Statement(text, short, figures, _ratio(_CONSTANT * e.target_std, std), (_OTHER_START, _REMEDIES))


def _constant(e: Evidence) -> str:
    """Beside the best constants for a squared and for an absolute loss (Lu, Su and Karniadakis, 2018)."""
    return f"the constant {e.fit_mean[0]:.4g} (mean of y {e.target_mean:.4g}, median {e.target_median:.4g})"


def _averages(e: Evidence) -> dict[str, float]:
    return {"target_mean": e.target_mean, "target_median": e.target_median}


def _is_at_noise_floor(e: Evidence) -> Mask:
    variance = e.noise**2
    return (variance > 0) & (np.abs(e.train_loss - variance) <= _NOISE * variance)


def _is_step_too_large(e: Evidence) -> Mask:
    beyond = (e.lr * e.sharpness > _STABLE) | (e.lr * e.best_sharpness > _STABLE)
    return beyond & ~_is_at_noise_floor(e)


@_rule("step-too-large", _is_step_too_large)
def step_too_large(e: Evidence) -> Statement:
    """Plain gradient descent, and lr · sharpness > 2 at the present point; or the run was inside the answer's basin
    (for models with a frequency; otherwise at its lowest loss) and was thrown out while lr · sharpness > 2 there. A run
    at its noise floor has no step too large.

    Sharpness is the largest eigenvalue of the probe loss's Hessian, R²/3 at a sine's answer, R being the half-width of
    the range of x; where the parameters' rates differ, that of the Hessian scaled by their shares of lr, the largest.
    """
    lr, sharpness = e.lr[0], e.sharpness[0]
    here = lr * sharpness > _STABLE
    if not here:
        sharpness = e.best_sharpness[0]
    limit = _STABLE / sharpness
    place = "here" if here else "at its lowest loss" if math.isnan(e.distance[0]) else "at the answer"
    thrown = "" if here else " and threw the run out"
    times = f"lr {lr:.3g} is {lr / limit:.3g} times"
    text = f"The step is too large{thrown}: {times} 2/L″ = {limit:.2g}, the largest stable one {place}."
    does = f"The step {'is too large' if here else 'threw the run out'}"
    short = in_one_line(f"{does}: {times} the stable {limit:.2g}.", f"{does}: lr {lr:.3g}, stable {limit:.2g}.")
    figures = {"lr": lr, "lr_limit": limit, "ratio": lr / limit, "distance": e.distance[0]}
    return Statement(text, short, figures, lr / limit, (_HALVE, _REMEDIES) if here else (_HALVE, _AGAIN, _REMEDIES))


@_rule("stuck-outside-basin", lambda e: (e.distance > e.basin) & (e.explained < _NOTHING))
def stuck_outside_basin(e: Evidence) -> Statement:
    """The model's frequency is farther from the answer (or from the data's spectral peak, and then the sentence says
    so) than the first maximum of the loss, and the fit explains less than 5 % of the target's variance.

    On [−R, R] that is 4.4934/R, the first positive root of tan u = u; R is that of the range in use.
    """
    lr, distance, basin = e.lr[0], e.distance[0], e.basin[0]
    goal = "the peak of the data's spectrum (no answer is declared)" if e.peak else "the answer"
    text = (
        f"ω is lost: {distance:.4g} from {goal}, {basins(distance, basin)}; gradients point home only within "
        f"±{basin:.4g}."
    )
    away = f"ω is lost: {distance:.4g} from {'the peak' if e.peak else 'the answer'}, {basins(distance, basin)}"
    short = in_one_line(f"{away} (one is {basin:.4g}).", f"{away}.")
    text, figures = text + _in_the_noise(e) + _too_large_as_well(e), {"distance": distance, "basin": basin, "lr": lr}
    if _is_measured(e.gradient):
        figures |= {"gradient": e.gradient[0], "gradient_noise": e.gradient[1]}
    if not math.isnan(e.answer_sharpness):
        figures |= {"lr_limit": _STABLE / e.answer_sharpness}
    shown = () if e.peak else (("inject", "shows that loss 0 is there"),)
    return Statement(text, short, figures, distance / basin, (*shown, _REMEDIES))


def _is_measured(gradient: tuple[float, float] | None) -> TypeGuard[tuple[float, float]]:
    return gradient is not None and math.isfinite(sum(gradient))


def _in_the_noise(e: Evidence) -> str:
    if not _is_measured(e.gradient):
        return ""
    true, noise = e.gradient
    at, carries = ("At this ω", "carries") if e.measured_at is None else (f"At step {e.measured_at:,}", "carried")
    return f" {at} a batch of {e.batch_size} {carries} a gradient of {true:.2g} in noise of {noise:.3g}."


def _too_large_as_well(e: Evidence) -> str:
    lr, limit = e.lr[0], _STABLE / e.answer_sharpness
    if not lr > limit:
        return ""
    return (
        f" The step is too large as well: lr {lr:.3g} against 2/L″ = {limit:.1g} at the answer, {lr / limit:.0f} times."
    )


@_rule("noise-floor", _is_at_noise_floor)
def noise_floor(e: Evidence) -> Statement:
    """The expected loss of a minibatch is within 10 % of the noise variance that the preset declares."""
    training, variance = e.train_loss[0], e.noise**2
    text = f"Only the declared noise is left: training loss {training:.4g}, noise variance {variance:.4g}."
    short = in_one_line(text, f"Only the declared noise is left: loss {training:.4g}, variance {variance:.4g}.")
    figures = {"loss": e.loss[0], "train_loss": training, "noise_variance": variance}
    return Statement(text, short, figures, _ratio(_NOISE * variance, abs(training - variance)), (_AGAIN,))


@_rule("learning", lambda e: (e.loss_lately < (1 - _FALL) * e.loss_before) | np.isnan(e.loss_before))
def learning(e: Evidence) -> Statement:
    """The median probe loss of the last fifth of the steps is more than 2 % below that of the fifth before; or there
    was no step yet."""
    loss, lately, before = e.loss[0], e.loss_lately[0], e.loss_before[0]
    if math.isnan(before):
        steps = f"Only {counted(e.steps, 'step')}" if e.steps else "No step was taken"
        text = f"{steps} from here yet; probe loss {loss:.3g}."
        return Statement(text, text, {"loss": loss})
    fall = 1 - lately / before
    fell = f"the probe loss fell by {percent(fall)} to {lately:.3g}"
    text = f"Learning: {fell} over the last fifth of the steps."
    short = in_one_line(text, f"Learning: {fell} in the last fifth.")
    return Statement(text, short, {"loss": loss, "loss_before": before, "fall": fall}, fall / _FALL)


def says_nothing_yet(verdict: Verdict) -> bool:
    """Whether it only says that there was no step yet: a fact of one moment, not to be held on to."""
    return verdict.code == "learning" and math.isinf(verdict.margin)


def _units(e: Evidence, attribute: str, noun: str, does: str, do: str) -> Statement:
    """Counts the units of each layer's `attribute`, says what they do (`does` of one, `do` of several) and names
    them."""
    found = [layer for layer in e.layers if getattr(layer, attribute)]
    count = sum(len(getattr(layer, attribute)) for layer in found)
    who, loss, before = counted(count, noun), e.loss[0], e.loss_before[0]
    places = "; ".join(units_of(layer, attribute) for layer in found)
    text = f"{who} ({places}) {does if count == 1 else do}; {_not_falling(e)}."
    where = ", ".join(layer.name for layer in found)
    trend = f"loss {before:.3g} to {e.loss_lately[0]:.3g} in the last fifth"
    short = in_one_line(
        f"{who} in {where}; {trend} of the steps.",
        f"{who} in {where}; {trend}.",
        f"{who} in {len(found)} layers; {trend}.",
        f"{who}; {trend}.",
    )
    return Statement(text, short, {"count": count, "loss": loss, "loss_before": before}, next=(_OTHER_START, _REMEDIES))


def _not_falling(e: Evidence) -> str:
    figures = f"{e.loss_before[0]:.3g} then, {e.loss_lately[0]:.3g} now"
    return f"the loss has not fallen by 2 % in the last fifth of the steps: {figures}"


@_rule("dead-units", lambda e: e.dead > 0)
def dead_units(e: Evidence) -> Statement:
    """Some unit is dead: |φ′(z)| ≥ 1e-3 (for ReLU: z > 0) on less than 1 % of the probe."""
    where = "on less than 1 % of the probe"
    return _units(e, "dead", "dead unit", f"reacts {where}", f"react {where}")


@_rule("duplicate-units", lambda e: e.duplicate > 0)
def duplicate_units(e: Evidence) -> Statement:
    """The activations of two live units of a layer have a Pearson correlation above 0.98 on the probe."""
    return _units(e, "duplicate", "duplicate pair", "does the same work", "do the same work")


@_rule("mute-units", lambda e: e.mute > 0)
def mute_units(e: Evidence) -> Statement:
    """What a live unit adds to the next layer varies by less than 1 % of what that layer's input does."""
    return _units(e, "mute", "mute unit", "hardly reaches the next layer", "hardly reach the next layer")


@_rule("wrong-sign", lambda e: e.wrong_sign > 0)
def wrong_sign(e: Evidence) -> Statement:
    """In the place of a live unit of the last hidden layer, the best one with the other sign of the outgoing weight
    leaves less than nine tenths of what the best one of its own sign leaves, and of the present loss."""
    would = "would help with the other sign and cannot with"
    return _units(e, "wrong_sign", "wrong-sign unit", f"{would} its own", f"{would} their own")


@_rule("underfit", lambda e: np.ones(len(e), dtype=bool))
def underfit(e: Evidence) -> Statement:
    """None of the others."""
    loss, before, share = e.loss[0], e.loss_before[0], e.explained[0]
    fit = f"The fit explains {explained(share)} of the target"
    text = f"{fit}, and {_not_falling(e)}."
    trend = f"loss {before:.3g} to {e.loss_lately[0]:.3g} in the last fifth"
    short = in_one_line(f"{fit}; {trend}.", f"{explained(share)} explained; {trend}.".capitalize())
    figures = {"loss": loss, "loss_before": before, "explained": share}
    return Statement(text, short, figures, next=(_OTHER_START, _REMEDIES))


CODES = tuple(rule.code for rule in RULES)


def first_of(evidence: Evidence, rules: Sequence[Rule] = RULES) -> Counts:
    """For each replica the index of the first of these rules that holds; -1 where none does."""
    found = np.full(len(evidence), -1)
    with np.errstate(invalid="ignore"):  # NaN: not known, so no predicate holds
        for index, rule in enumerate(rules):
            found[(found < 0) & rule.predicate(evidence)] = index
    return found


def undecided(evidence: Evidence, code: str) -> Mask:
    """The replicas for which no rule holds that goes before this one."""
    return first_of(evidence, RULES[: CODES.index(code)]) < 0


def verdict_of(evidence: Evidence) -> Verdict:
    """The verdict on a single replica; figures that are not finite are None."""
    rule = RULES[first_of(evidence)[0]]
    said = rule.sentence(evidence)
    figures = {name: _finite(value) for name, value in said.figures.items()}
    return Verdict(rule.code, said.text, figures, float(said.margin), said.short, said.next)


def _finite(figure: float | int | str) -> float | int | str | None:
    if isinstance(figure, float):
        return float(figure) if math.isfinite(figure) else None
    return figure


def _ratio(limit: float, value: float) -> float:
    return limit / value if value > 0 else math.inf
