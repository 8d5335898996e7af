"""What is the matter with a network: the first rule that holds names the verdict.

Codes, predicates and their order are the command line's contract. A predicate takes a whole population at once; the
sentence is written for one replica. A new verdict is one rule here, at its place in the order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from periodic_tui.engine.arrays import Counts, Mask
from periodic_tui.engine.snapshot import Layer, Verdict
from periodic_tui.engine.verdicts.evidence import Evidence

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
_NAMED = 6
"""So many units are named in a sentence."""


class Statement(NamedTuple):
    """What is said of one replica."""

    text: str
    figures: Mapping[str, float | int | str]
    """Those that it rests on."""
    margin: float = math.inf
    """How many times the deciding figure is beyond its limit; inf: a fact."""


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
    text = "A parameter or the loss stopped being finite; frozen at the last good step."
    return Statement(text, {"loss": e.loss[0]})


def _is_solved(e: Evidence) -> Mask:
    below = (e.loss <= e.solved_below) & ~(e.loss_test > e.solved_below)
    return np.where(np.isnan(e.accuracy), below, e.accuracy == 1.0)


@_rule("solved", _is_solved)
def solved(e: Evidence) -> Statement:
    """The probe loss is at most the preset's `solved_below`, and on the test domain too where there is one. For targets
    with a right or wrong (the clock): all of the held-out inputs are decoded exactly, whatever the loss."""
    loss, test = e.loss[0], e.loss_test[0]
    if not math.isnan(e.accuracy[0]):
        return Statement(f"Every one of the held-out instants is right; loss {loss:.2g}.", {"accuracy": 1.0})
    held_out = "" if math.isnan(test) else f", and {test:.3g} on the test domain"
    text = f"Probe loss {loss:.3g}{held_out}: not above {e.solved_below:g}."
    figures = {"loss": loss, "solved_below": e.solved_below, "loss_test": test}
    return Statement(text, figures, _ratio(e.solved_below, np.fmax(loss, test)))


@_rule("no-extrapolation", lambda e: (e.explained > _EXPLAINED) & (e.explained_test < _HELD_OUT))
def no_extrapolation(e: Evidence) -> Statement:
    """More than 95 % of the target's variance is explained on the training domain, less than 50 % on the test
    domain."""
    inside, outside, loss = e.explained[0], e.explained_test[0], e.loss_test[0]
    text = (
        f"The fit explains {inside:.1%} of the target where it was trained and "
        f"{f'{outside:.1%}' if outside > 0 else 'nothing'} on the test domain that the preset holds out: "
        f"test loss {loss:.3g} against {e.test_variance:.3g} for the best constant."
    )
    figures = {"explained": inside, "explained_test": outside, "loss_test": loss}
    return Statement(text, figures, min(_ratio(1 - _EXPLAINED, 1 - inside), _ratio(1 - outside, 1 - _HELD_OUT)))


@_rule("dead-network", lambda e: e.dead_layer >= 0)
def dead_network(e: Evidence) -> Statement:
    """Some hidden layer has only dead units: |φ′(z)| ≥ 1e-3 (for ReLU: z > 0) on less than 1 % of the probe."""
    layer = e.layers[e.dead_layer[0]]
    sure = "no point of the domain can revive them, and " if len(layer.certified) == layer.units else ""
    text = (
        f"All {layer.units} units of {layer.name} are dead: {sure}no gradient passes, only what lies behind them still "
        f"learns, so the fit is {_constant(e)}."
    )
    return Statement(text, {"layer": layer.name, "units": layer.units, "fit_mean": e.fit_mean[0], **_averages(e)})


@_rule("collapsed-to-constant", lambda e: e.fit_std < _CONSTANT * e.target_std)
def collapsed_to_constant(e: Evidence) -> Statement:
    """The standard deviation of the fit on the probe is below 1 % of the target's."""
    std = e.fit_std[0]
    text = f"The fit is {_constant(e)}: it varies by {std:.2g}, the target by {e.target_std:.3g}."
    figures = {"fit_mean": e.fit_mean[0], "fit_std": std, "target_std": e.target_std, **_averages(e)}
    return Statement(text, figures, _ratio(_CONSTANT * e.target_std, std))


def _constant(e: Evidence) -> str:
    """Beside the best constants for a squared and for an absolute loss (Lu, Su and Karniadakis, 2018)."""
    return f"the constant {e.fit_mean[0]:.4g} (mean of y {e.target_mean:.4g}, median {e.target_median:.4g})"


def _averages(e: Evidence) -> dict[str, float]:
    return {"target_mean": e.target_mean, "target_median": e.target_median}


@_rule("step-too-large", lambda e: (e.lr * e.sharpness > _STABLE) | (e.lr * e.best_sharpness > _STABLE))
def step_too_large(e: Evidence) -> Statement:
    """Plain gradient descent, and lr · sharpness > 2 at the present point; or the run was inside the answer's basin
    (for models with a frequency; otherwise at its lowest loss) and was thrown out while lr · sharpness > 2 there.

    Sharpness is the largest eigenvalue of the probe loss's Hessian: R²/3 at a sine's answer, R being the half-width of
    the range of x.
    """
    lr, sharpness, where = e.lr[0], e.sharpness[0], "here"
    if not lr * sharpness > _STABLE:
        best = "its lowest loss" if math.isnan(e.distance[0]) else "the answer"
        sharpness, where = e.best_sharpness[0], f"at {best}, so the run was thrown out"
    limit = _STABLE / sharpness
    text = f"The step is too large: lr {lr:.3g} against 2/L″ = {limit:.2g} {where}, {lr / limit:.3g} times."
    figures = {"lr": lr, "lr_limit": limit, "ratio": lr / limit, "distance": e.distance[0]}
    return Statement(text, figures, lr / limit)


@_rule("stuck-outside-basin", lambda e: (e.distance > e.basin) & (e.explained < _NOTHING))
def stuck_outside_basin(e: Evidence) -> Statement:
    """The model's frequency is farther than 4.4934/R from the answer (or from the data's spectral peak, and then the
    sentence says so), and the fit explains less than 5 % of the target's variance.

    The expected loss of a sine falls towards its frequency only from within the first positive root of tan u = u.
    """
    lr, distance, limit = e.lr[0], e.distance[0], _STABLE / e.answer_sharpness
    goal = "the peak of the data's spectrum (no answer is declared)" if e.peak else "the answer"
    text = (
        f"ω is {distance:.4g} from {goal}; gradients point home only within ±{e.basin:.2g} (4.4934/R), "
        f"{distance / e.basin:,.0f} times closer."
    )
    figures = {"distance": distance, "basin": e.basin, "lr": lr}
    if e.gradient is not None:
        true, noise = e.gradient
        text += f" At this ω a batch of {e.batch_size} carries a gradient of {true:.2g} in noise of {noise:.3g}."
        figures |= {"gradient": true, "gradient_noise": noise}
    if not math.isnan(limit):
        figures |= {"lr_limit": limit}
    if lr > limit:
        text += f" The step is too large as well: lr {lr:.3g} against 2/L″ = {limit:.1g} at the answer, "
        text += f"{lr / limit:.0f} times."
    return Statement(text, figures, distance / e.basin)


def _is_at_noise_floor(e: Evidence) -> Mask:
    variance = e.noise**2
    return (variance > 0) & (np.abs(e.train_loss - variance) <= _NOISE * variance)


@_rule("noise-floor", _is_at_noise_floor)
def noise_floor(e: Evidence) -> Statement:
    """The expected loss of a minibatch is within 10 % of the noise variance that the preset declares."""
    training, variance = e.train_loss[0], e.noise**2
    text = f"Only the declared noise is left: training loss {training:.4g}, noise variance {variance:.4g}."
    figures = {"loss": e.loss[0], "train_loss": training, "noise_variance": variance}
    return Statement(text, figures, _ratio(_NOISE * variance, abs(training - variance)))


@_rule("learning", lambda e: (e.loss < (1 - _FALL) * e.loss_before) | np.isnan(e.loss_before))
def learning(e: Evidence) -> Statement:
    """The probe loss fell by more than 2 % over the last fifth of the steps; or there was no step yet."""
    loss, before = e.loss[0], e.loss_before[0]
    if math.isnan(before):
        return Statement(f"No step was taken from here yet; probe loss {loss:.3g}.", {"loss": loss})
    fall = 1 - loss / before
    text = f"Learning: the probe loss fell by {fall:.1%} to {loss:.3g} over the last fifth of the steps."
    return Statement(text, {"loss": loss, "loss_before": before, "fall": fall}, fall / _FALL)


def _units(e: Evidence, attribute: str, noun: str, effect: str) -> Statement:
    """Names the units of each layer's `attribute`."""
    found = [layer for layer in e.layers if getattr(layer, attribute)]
    count = sum(len(getattr(layer, attribute)) for layer in found)
    places = "; ".join(f"{layer.name}: {_names(layer, attribute)}" for layer in found)
    what = f"{count} {noun}{'s' if count > 1 else ''} ({places}) {effect}"
    text = f"{what}; no longer learning, at loss {e.loss[0]:.3g}."
    return Statement(text, {"count": count, "loss": e.loss[0]})


def _names(layer: Layer, attribute: str) -> str:
    """`2, 5, 7, …`, or `0=3=4, 1=2` for groups of duplicates."""
    groups = layer.groups if attribute == "duplicate" else [(unit,) for unit in getattr(layer, attribute)]
    names = ["=".join(map(str, group)) for group in groups]
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


@_rule("dead-units", lambda e: e.dead > 0)
def dead_units(e: Evidence) -> Statement:
    """Some unit is dead: |φ′(z)| ≥ 1e-3 (for ReLU: z > 0) on less than 1 % of the probe."""
    return _units(e, "dead", "dead unit", "react on less than 1 % of the probe")


@_rule("duplicate-units", lambda e: e.duplicate > 0)
def duplicate_units(e: Evidence) -> Statement:
    """The activations of two live units of a layer have a Pearson correlation above 0.98 on the probe."""
    return _units(e, "duplicate", "duplicate pair", "do the same work")


@_rule("mute-units", lambda e: e.mute > 0)
def mute_units(e: Evidence) -> Statement:
    """What a live unit adds to the next layer varies by less than 1 % of what that layer's input does."""
    return _units(e, "mute", "mute unit", "hardly reach the next layer")


@_rule("wrong-sign", lambda e: e.wrong_sign > 0)
def wrong_sign(e: Evidence) -> Statement:
    """In the place of a live unit of the last hidden layer, the best one with the other sign of the outgoing weight
    leaves less than nine tenths of what the best one of its own sign leaves, and of the present loss."""
    return _units(e, "wrong_sign", "unit", "would help with the other sign and cannot with their own")


@_rule("underfit", lambda e: np.ones(len(e), dtype=bool))
def underfit(e: Evidence) -> Statement:
    """None of the others."""
    loss, explained = e.loss[0], e.explained[0]
    text = f"No longer learning, at loss {loss:.3g}: the fit explains {explained:.1%} of the target."
    return Statement(text, {"loss": loss, "explained": explained})


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
    text, figures, margin = rule.sentence(evidence)
    return Verdict(rule.code, text, {name: _finite(value) for name, value in figures.items()}, float(margin))


def _finite(figure: float | int | str) -> float | int | str | None:
    if isinstance(figure, float):
        return float(figure) if math.isfinite(figure) else None
    return figure


def _ratio(limit: float, value: float) -> float:
    return limit / value if value > 0 else math.inf
