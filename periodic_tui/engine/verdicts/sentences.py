"""Verdicts in words: one plain sentence for each code, with the figures that it rests on."""

from __future__ import annotations

import math
from collections.abc import Callable

from periodic_tui.engine.snapshot import Layer, Verdict
from periodic_tui.engine.verdicts.rules import CODES, Cases, first_of

Figures = dict[str, float | int | str | None]
Found = tuple[str, Figures, float]
"""The sentence, its figures, and how many times the deciding figure is beyond its limit (inf: a fact)."""

_NAMED = 6
"""So many units are named in a sentence."""


def _diverged(case: Cases) -> Found:
    text = "A parameter or the loss stopped being finite; frozen at the last good step."
    return text, {"loss": float(case.loss[0])}, math.inf


def _solved(case: Cases) -> Found:
    loss = float(case.loss[0])
    if not math.isnan(case.accuracy[0]):
        return f"Every one of the held-out instants is right; loss {loss:.2g}.", {"accuracy": 1.0}, math.inf
    test = _known(case.loss_test[0])
    held_out = "" if test is None else f", and {test:.3g} on the test domain"
    figures: Figures = {"loss": loss, "solved_below": case.solved_below, "loss_test": test}
    margin = _ratio(case.solved_below, max(loss, test or 0.0))
    return f"Probe loss {loss:.3g}{held_out}: not above {case.solved_below:g}.", figures, margin


def _no_extrapolation(case: Cases) -> Found:
    inside, outside = float(case.explained[0]), float(case.explained_test[0])
    loss, constant = float(case.loss_test[0]), case.test_variance
    text = (
        f"The fit explains {inside:.1%} of the target where it was trained and "
        f"{f'{outside:.1%}' if outside > 0 else 'nothing'} on the test domain that the preset holds out: "
        f"test loss {loss:.3g} against {constant:.3g} for the best constant."
    )
    figures: Figures = {"explained": inside, "explained_test": outside, "loss_test": loss}
    return text, figures, min(_ratio(0.05, 1 - inside), _ratio(1 - outside, 0.5))


def _dead_network(case: Cases) -> Found:
    layer = case.layers[int(case.dead_layer[0])]
    certified = len(layer.certified) == layer.units
    sure = "no point of the domain can revive them, and " if certified else ""
    text = (
        f"All {layer.units} units of {layer.name} are dead: {sure}no gradient passes, only what lies behind them still "
        f"learns, so the fit is the constant {case.fit_mean[0]:.4g} (mean of y {case.target_mean:.4g}, median "
        f"{case.target_median:.4g})."
    )
    figures: Figures = {
        "layer": layer.name, "units": layer.units, "fit_mean": float(case.fit_mean[0]),
        "target_mean": case.target_mean, "target_median": case.target_median,
    }  # fmt: skip
    return text, figures, math.inf


def _collapsed(case: Cases) -> Found:
    mean, std = float(case.fit_mean[0]), float(case.fit_std[0])
    text = (
        f"The fit is the constant {mean:.4g} (mean of y {case.target_mean:.4g}, median {case.target_median:.4g}): "
        f"it varies by {std:.2g}, the target by {case.target_std:.3g}."
    )
    figures: Figures = {
        "fit_mean": mean, "fit_std": std, "target_std": case.target_std,
        "target_mean": case.target_mean, "target_median": case.target_median,
    }  # fmt: skip
    return text, figures, _ratio(0.01 * case.target_std, std)


def _step_too_large(case: Cases) -> Found:
    lr = float(case.lr[0])
    if lr * case.sharpness[0] > 2:
        limit, where = 2 / float(case.sharpness[0]), "here"
    else:
        best = "the answer" if not math.isnan(case.distance[0]) else "its lowest loss"
        limit, where = 2 / float(case.best_sharpness[0]), f"at {best}, so the run was thrown out"
    text = f"The step is too large: lr {lr:.3g} against 2/L″ = {limit:.2g} {where}, {lr / limit:.3g} times."
    figures: Figures = {"lr": lr, "lr_limit": limit, "ratio": lr / limit, "distance": _known(case.distance[0])}
    return text, figures, lr / limit


def _stuck(case: Cases) -> Found:
    distance, ratio = float(case.distance[0]), float(case.distance[0]) / case.basin
    goal = "the peak of the data's spectrum (no answer is declared)" if case.peak else "the answer"
    text = (
        f"ω is {distance:.4g} from {goal}; gradients point home only within ±{case.basin:.2g} (4.4934/R), "
        f"{ratio:,.0f} times closer."
    )
    figures: Figures = {"distance": distance, "basin": case.basin, "lr": float(case.lr[0])}
    if case.gradient is not None:
        true, noise = case.gradient
        text += f" At this ω a batch of {case.batch_size} carries a gradient of {true:.2g} in noise of {noise:.3g}."
        figures |= {"gradient": true, "gradient_noise": noise}
    lr, limit = float(case.lr[0]), 2 / case.answer_sharpness
    if not math.isnan(limit):
        figures |= {"lr_limit": limit}
        if lr > limit:
            text += (
                f" The step is too large as well: lr {lr:.3g} against 2/L″ = {limit:.1g} at the answer, "
                f"{lr / limit:.0f} times."
            )
    return text, figures, ratio


def _noise_floor(case: Cases) -> Found:
    training, variance = float(case.train_loss[0]), case.noise**2
    text = f"Only the declared noise is left: training loss {training:.4g}, noise variance {variance:.4g}."
    figures: Figures = {"loss": float(case.loss[0]), "train_loss": training, "noise_variance": variance}
    return text, figures, _ratio(0.1 * variance, abs(training - variance))


def _learning(case: Cases) -> Found:
    loss, before = float(case.loss[0]), float(case.loss_before[0])
    if math.isnan(before):
        return f"No step was taken from here yet; probe loss {loss:.3g}.", {"loss": loss}, math.inf
    fall = 1 - loss / before
    text = f"Learning: the probe loss fell by {fall:.1%} to {loss:.3g} over the last fifth of the steps."
    return text, {"loss": loss, "loss_before": before, "fall": fall}, fall / 0.02


def _units(noun: str, attribute: str, effect: str) -> Callable[[Cases], Found]:
    def sentence(case: Cases) -> Found:
        found = [(layer, getattr(layer, attribute)) for layer in case.layers if getattr(layer, attribute)]
        count = sum(len(units) for _, units in found)
        places = "; ".join(f"{layer.name}: {_named(layer, attribute)}" for layer, _ in found)
        text = (
            f"{count} {noun}{'s' if count > 1 else ''} ({places}) {effect}; no longer learning, at loss "
            f"{case.loss[0]:.3g}."
        )
        return text, {"count": count, "loss": float(case.loss[0])}, math.inf

    return sentence


def _named(layer: Layer, attribute: str) -> str:
    """`2, 5, 7, …`, or `0=3=4, 1=2` for groups of duplicates."""
    units = layer.groups if attribute == "duplicate" else getattr(layer, attribute)
    names = [str(unit) if isinstance(unit, int) else "=".join(map(str, unit)) for unit in units]
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")


def _underfit(case: Cases) -> Found:
    loss, explained = float(case.loss[0]), float(case.explained[0])
    text = f"No longer learning, at loss {loss:.3g}: the fit explains {explained:.1%} of the target."
    return text, {"loss": loss, "explained": explained}, math.inf


SENTENCES: dict[str, Callable[[Cases], Found]] = {
    "diverged": _diverged,
    "solved": _solved,
    "no-extrapolation": _no_extrapolation,
    "dead-network": _dead_network,
    "collapsed-to-constant": _collapsed,
    "step-too-large": _step_too_large,
    "stuck-outside-basin": _stuck,
    "noise-floor": _noise_floor,
    "learning": _learning,
    "dead-units": _units("dead unit", "dead", "react on less than 1 % of the probe"),
    "duplicate-units": _units("duplicate pair", "duplicate", "do the same work"),
    "mute-units": _units("mute unit", "mute", "hardly reach the next layer"),
    "wrong-sign": _units("unit", "wrong_sign", "would help with the other sign and cannot with their own"),
    "underfit": _underfit,
}


def verdict_of(case: Cases) -> Verdict:
    """The verdict on a population of one."""
    code = CODES[int(first_of(case)[0])]
    text, figures, margin = SENTENCES[code](case)
    finite = {
        name: value if not isinstance(value, float) or math.isfinite(value) else None for name, value in figures.items()
    }
    return Verdict(code, text, finite, margin)


def _ratio(limit: float, value: float) -> float:
    return limit / value if value > 0 else math.inf


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
