"""What is the matter with a network: predicates over readings, the first that holds names the verdict.

A verdict reads measurements only, never a preset's name. Order and predicates are the command line's contract.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from periodic_tui.engine.snapshot import Layer, Verdict

Figures = dict[str, float | int | str | None]


@dataclass(frozen=True, eq=False)
class Case:
    """What is known of one replica when it is judged."""

    alive: bool
    loss: float
    loss_test: float | None
    loss_before: float | None
    """Probe loss when four fifths of the steps were done; None before there was such a reading."""
    fit_mean: float
    fit_std: float
    target_std: float
    test_variance: float | None
    solved_below: float
    noise: float
    """Declared standard deviation of the noise."""
    lr: float
    plain_gradient_descent: bool
    sharpness: float | None
    thrown_out: bool
    """The run was inside the answer's basin (or at its lowest loss) and left it while lr · sharpness > 2 there."""
    answer_sharpness: float | None
    omega: tuple[float, ...]
    answer: tuple[float, ...]
    basin: float | None
    """Half-width of the answer's capture basin in ω."""
    layers: tuple[Layer, ...]
    accuracy: float | None = None
    """Share of right answers, for targets with a right or wrong; then `solved` means 1."""

    @property
    def explained(self) -> float:
        """Share of the target's variance that the fit explains on the training domain."""
        return 1 - self.loss / self.target_std**2 if self.target_std else 0.0

    @property
    def distance(self) -> float | None:
        """Largest distance of a frequency from the known answer."""
        if not self.omega or len(self.omega) != len(self.answer):
            return None
        return max(abs(w - a) for w, a in zip(sorted(self.omega), sorted(self.answer), strict=True))


Found = tuple[str, Figures]
Predicate = Callable[[Case], Found | None]


def diverged(case: Case) -> Found | None:
    """A parameter or the loss is not finite."""
    if case.alive:
        return None
    return "A parameter or the loss stopped being finite; frozen at the last good step.", {"loss": case.loss}


def solved(case: Case) -> Found | None:
    """The probe loss is below the preset's limit, on the test domain too."""
    if case.accuracy is not None:
        done = case.accuracy == 1.0
        return (
            (f"Every one of the held-out instants is right; loss {case.loss:.2g}.", {"accuracy": 1.0}) if done else None
        )
    held_out = case.loss_test is None or case.loss_test <= case.solved_below
    if not (case.loss <= case.solved_below and held_out):
        return None
    figures: Figures = {"loss": case.loss, "solved_below": case.solved_below, "loss_test": case.loss_test}
    return f"Probe loss {case.loss:.3g}, below {case.solved_below:g}.", figures


def no_extrapolation(case: Case) -> Found | None:
    """Explains the training domain, not the test domain."""
    if case.loss_test is None or not case.test_variance:
        return None
    outside = 1 - case.loss_test / case.test_variance
    if not (case.explained > 0.95 and outside < 0.5):
        return None
    text = (
        f"The fit explains {case.explained:.1%} of the target where it was trained and {outside:.1%} where it was not: "
        f"test loss {case.loss_test:.3g} against {case.test_variance:.3g} for the best constant."
    )
    return text, {"explained": case.explained, "explained_test": outside, "loss_test": case.loss_test}


def dead_network(case: Case) -> Found | None:
    """Some hidden layer has only dead units."""
    for layer in case.layers:
        if layer.units and len(layer.dead) == layer.units:
            text = (
                f"All {layer.units} units of {layer.name} are dead: no gradient passes, only the output bias still "
                f"learns, so the fit is the constant {case.fit_mean:.4g}."
            )
            return text, {"layer": layer.name, "units": layer.units, "fit_mean": case.fit_mean}
    return None


def collapsed_to_constant(case: Case) -> Found | None:
    """The fit varies less than a hundredth of the target."""
    if not case.fit_std < 0.01 * case.target_std:
        return None
    spread = f"it varies by {case.fit_std:.2g}, the target by {case.target_std:.3g}"
    text = f"The fit is the constant {case.fit_mean:.4g} ({spread})."
    return text, {"fit_mean": case.fit_mean, "fit_std": case.fit_std, "target_std": case.target_std}


def step_too_large(case: Case) -> Found | None:
    """lr is above 2/sharpness here, or threw the run out of the answer's basin."""
    if not case.plain_gradient_descent or case.sharpness is None:
        return None
    if case.lr * case.sharpness > 2:
        limit, where = 2 / case.sharpness, "here"
    elif case.thrown_out and case.answer_sharpness and case.lr * case.answer_sharpness > 2:
        limit, where = 2 / case.answer_sharpness, "at the answer, so the run was thrown out of its basin"
    else:
        return None
    text = f"The step is too large: lr {case.lr:.3g} against 2/L″ = {limit:.2g} {where}, {case.lr / limit:.3g} times."
    return text, {"lr": case.lr, "lr_limit": limit, "ratio": case.lr / limit, "distance": case.distance}


def stuck_outside_basin(case: Case) -> Found | None:
    """The frequency is outside the answer's capture basin and the fit explains nothing."""
    if case.distance is None or case.basin is None:
        return None
    if not (case.distance > case.basin and case.explained < 0.05):
        return None
    text = (
        f"ω is {case.distance:.4g} from the answer; gradients point home only within ±{case.basin:.2g} (4.4934/R), "
        f"{case.distance / case.basin:,.0f} times closer."
    )
    figures: Figures = {"distance": case.distance, "basin": case.basin, "lr": case.lr}
    if case.plain_gradient_descent and case.answer_sharpness:
        limit = 2 / case.answer_sharpness
        figures |= {"lr_limit": limit}
        if case.lr > limit:
            ratio = f"lr {case.lr:.3g} against 2/L″ = {limit:.1g}, {case.lr / limit:.0f} times"
            text += f" The step is too large as well: {ratio}."
    return text, figures


def noise_floor(case: Case) -> Found | None:
    """Nothing is left but the declared noise."""
    if not case.noise or case.loss > 0.1 * case.noise**2:
        return None
    training = case.loss + case.noise**2
    text = f"Only the declared noise is left: training loss {training:.4g}, noise variance {case.noise**2:.4g}."
    return text, {"loss": case.loss, "noise_variance": case.noise**2}


def learning(case: Case) -> Found | None:
    """The probe loss fell by more than 2 % over the last fifth of the steps."""
    if case.loss_before is None or not case.loss < 0.98 * case.loss_before:
        return None
    fall = 1 - case.loss / case.loss_before
    text = f"Learning: the probe loss fell by {fall:.1%} to {case.loss:.3g} over the last fifth of the steps."
    return text, {"loss": case.loss, "loss_before": case.loss_before, "fall": fall}


def _units(noun: str, name: str, effect: str) -> Predicate:
    def predicate(case: Case) -> Found | None:
        found = [(layer.name, getattr(layer, name)) for layer in case.layers if getattr(layer, name)]
        if not found:
            return None
        count = sum(len(units) for _, units in found)
        places = "; ".join(f"{layer}: {', '.join(map(_unit, units[:6]))}" for layer, units in found)
        text = f"{count} {noun}{'s' if count > 1 else ''} ({places}) {effect}; loss {case.loss:.3g}."
        return text, {"count": count, "loss": case.loss}

    return predicate


def _unit(unit: int | tuple[int, int]) -> str:
    return str(unit) if isinstance(unit, int) else f"{unit[0]}={unit[1]}"


def underfit(case: Case) -> Found:
    """None of the others."""
    text = f"No longer learning, at loss {case.loss:.3g}: the fit explains {case.explained:.1%} of the target."
    return text, {"loss": case.loss, "explained": case.explained}


PREDICATES: dict[str, Predicate] = {
    "diverged": diverged,
    "solved": solved,
    "no-extrapolation": no_extrapolation,
    "dead-network": dead_network,
    "collapsed-to-constant": collapsed_to_constant,
    "step-too-large": step_too_large,
    "stuck-outside-basin": stuck_outside_basin,
    "noise-floor": noise_floor,
    "learning": learning,
    "dead-units": _units("dead unit", "dead", "react on less than 1 % of the probe"),
    "duplicate-units": _units("duplicate pair", "duplicate", "do the same work"),
    "mute-units": _units("mute unit", "mute", "hardly reach the next layer"),
    "wrong-sign": _units("unit", "wrong_sign", "push the fit the wrong way"),
    "underfit": underfit,
}
"""Code to predicate, in order of precedence."""


def judge(case: Case) -> Verdict:
    """The first verdict whose predicate holds."""
    for code, predicate in PREDICATES.items():
        found = predicate(case)
        if found is not None:
            return Verdict(code, *found)
    raise AssertionError("underfit always holds")
