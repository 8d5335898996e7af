"""Floors: what the data allow, and what a straight line does."""

from __future__ import annotations

from typing import Final

import numpy as np

from periodic_tui.engine.arrays import Mask
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import AGAIN, REMEDIES, Statement, ratio, rule
from periodic_tui.engine.verdicts.words import explained, in_one_line

_NOISE: Final = 0.1
"""Share of the noise variance by which the training loss may differ from it."""
_MOSTLY: Final = 0.5
"""Share of the target up to which the noise hides the rest."""
_CONTRADICTION: Final = 0.01
"""Share of the variance from which contradicting rows are the matter, …"""
_AT_FLOOR: Final = 1.1
"""… where the loss is at most so many times the floor that they set."""
_ALL_NOISE: Final = 0.9
"""Share of the loss from which what neighbors do not agree on is all that is left."""
_FEW: Final = 0.5
"""The most extreme hundredth of the rows must hold less than this share of the variance."""
_WAVE: Final = 0.6
_CYCLES: Final = 3.0
_WAVE_BELOW: Final = 0.9
TINY: Final = 0.1
"""Weights times √inputs, of which torch draws 0.58, where a start is tiny."""
_HARDLY: Final = 0.05
"""Share of the target's spread below which a fit is nearly constant."""
_LINE: Final = 0.05
"""Share by which the loss of a network without a bend may be above the best line's."""
_LINE_IS_GOOD: Final = 0.99


def is_on_plateau(e: Evidence) -> Mask:
    """Who began too small to leave the start."""
    return (e.start_weights < TINY) & (e.fit_std < _HARDLY * e.target_std)


def has_wave(e: Evidence) -> Mask:
    """Whose residual is mostly one sine, of several cycles over the domain."""
    return (e.wave_share > _WAVE) & (e.wave_cycles >= _CYCLES) & (e.explained < _WAVE_BELOW)


def _contradictory(e: Evidence) -> Mask:
    floor = e.samples.baselines.data
    if floor is None or floor <= _CONTRADICTION * e.best_constant:
        return np.zeros(len(e), dtype=bool)
    return e.loss < _AT_FLOOR * floor


def _noisy(e: Evidence) -> Mask:
    if e.samples.held_by_few >= _FEW:
        return np.zeros(len(e), dtype=bool)
    return (e.noise_share > _ALL_NOISE) & ~has_wave(e)


def is_unpredictable(e: Evidence) -> Mask:
    """Whose loss is what the data leave open."""
    return ~e.good & (_contradictory(e) | _noisy(e))


@rule("unpredictable", is_unpredictable)
def unpredictable(e: Evidence) -> Statement:
    """The loss is at the floor that the data set: rows with equal inputs differ in y and no more is left, or
    neighboring rows differ by as much as the residual does (the Gamma test)."""
    loss, mean, line = e.loss[0], e.samples.baselines.mean, e.samples.baselines.line
    data, equal = e.samples.baselines.data, bool(_contradictory(e)[0])
    floor = data if equal and data is not None else e.noise_share[0] * loss
    who = "rows with the same inputs have different y" if equal else "neighboring rows differ as much as the residual"
    squared = not np.isnan(line)
    of_line, of_what = (f", the best line {line:.4g}", "variance") if squared else ("", "best constant's loss")
    best = f"floor {floor:.4g}, loss {loss:.4g}, the best constant {mean:.4g}{of_line}{last_value(e)}"
    most = f"{explained(max(0.0, 1 - floor / mean))} of the {of_what} can be explained, the fit explains "
    text = f"Not in the inputs: {who} ({best}). {most.capitalize()}{explained(e.explained[0])}."
    short = in_one_line(f"Not in the inputs: {who}; loss {loss:.3g}, floor {floor:.3g}.", f"Not in the inputs: {who}.")
    figures = {"loss": loss, "floor": floor, "mean": mean, "line": line, "explained": e.explained[0]}
    margin = ratio(loss, _AT_FLOOR * floor) if equal else e.noise_share[0] / _ALL_NOISE
    return Statement(text, short, figures, 1 / margin if equal else margin)


def last_value(e: Evidence) -> str:
    """The loss of predicting it, where it is known: `, the last value 0.12`."""
    loss = e.samples.baselines.persistence
    return "" if loss is None else f", the last value {loss:.4g}"


def line_of(e: Evidence) -> float:
    """Loss of the best line."""
    return e.samples.baselines.line


def _share_of_line(e: Evidence) -> float:
    return 1 - line_of(e) / e.best_constant if e.best_constant else 1.0


def is_linear(e: Evidence) -> Mask:
    """Who is no more than the best line, where that is not enough."""
    enough = _share_of_line(e) >= _LINE_IS_GOOD or line_of(e) <= e.solved_below
    at_line: Mask = e.loss <= (1 + _LINE) * line_of(e)
    return np.broadcast_to(e.straight, len(e)) & at_line & (not enough) & ~is_on_plateau(e)


@rule("linear-network", is_linear)
def linear_network(e: Evidence) -> Statement:
    """Nothing in the network bends on the probe (there is no hidden layer, the activation passes everything on, or
    every ReLU is on or off everywhere), and the loss is within 5 % of the best line's, which explains less than 99 %.
    """
    loss, line, mean = e.loss[0], line_of(e), e.samples.baselines.mean
    what = "No unit bends" if e.layers else "The model has no hidden layer"
    best = f"loss {loss:.4g}, the best line {line:.4g}, the best constant {mean:.4g}"
    text = (
        f"{what}, so that the network is a straight line, and it is the best one: {best}. A line explains "
        f"{explained(_share_of_line(e))} of the target; more takes an activation that bends within the data."
    )
    short = in_one_line(
        f"{what}: it is the best line, at loss {loss:.4g} (line {line:.4g}).",
        f"{what}: loss {loss:.3g}, the best line {line:.3g}.",
    )
    figures = {"loss": loss, "line": line, "mean": mean, "explained": e.explained[0]}
    return Statement(text, short, figures, ratio((1 + _LINE) * line, loss), (REMEDIES,))


def is_at_noise_floor(e: Evidence) -> Mask:
    """Whose training loss is the declared noise."""
    variance = e.noise**2
    return (variance > 0) & (np.abs(e.train_loss - variance) <= _NOISE * variance)


@rule("noise-floor", is_at_noise_floor)
def noise_floor(e: Evidence) -> Statement:
    """The expected loss of a minibatch is within 10 % of the noise variance that the preset declares. Where the fit
    explains less than half of the target, the noise hides what is missing."""
    training, variance = e.train_loss[0], e.noise**2
    what = "Only the declared noise is left" if e.explained[0] > _MOSTLY else "The declared noise hides the rest"
    text = f"{what}: training loss {training:.4g}, noise variance {variance:.4g}."
    short = in_one_line(text, f"{what}: loss {training:.4g}, variance {variance:.4g}.")
    if e.explained[0] <= _MOSTLY:
        text += f" The fit explains {explained(e.explained[0])} of the target."
    figures = {"loss": e.loss[0], "train_loss": training, "noise_variance": variance}
    return Statement(text, short, figures, ratio(_NOISE * variance, abs(training - variance)), (AGAIN,))
