"""Noise that is learned along with the target."""

from __future__ import annotations

from typing import Final

from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import OTHER_START, Statement, rule
from periodic_tui.engine.verdicts.words import in_one_line

_MOST: Final = 0.5
"""Share of the noise of which one says that it is learned."""


@rule("overfit", lambda e: ~e.good & (e.train_loss < (1 - _MOST) * e.noise**2) & (e.loss > _MOST * e.noise**2))
def overfit(e: Evidence) -> Statement:
    """More than half of a fixed data set's declared noise was learned: the loss on the noisy points is below half of
    its variance, that on the noise-free values above. (Least squares with p parameters on n points leaves 1 − p/n of
    the variance there, and p/n here.)"""
    training, loss, variance = e.train_loss[0], e.loss[0], e.noise**2
    text = (
        f"The noise is learned, too: the loss is {training:.3g} on the noisy points and {loss:.3g} against their "
        f"noise-free values; the noise has a variance of {variance:.3g}. More points, fewer units or fewer steps help."
    )
    short = in_one_line(
        f"The noise is learned, too: loss {training:.3g} on noisy points, {loss:.3g} without the noise.",
        f"The noise is learned, too: loss {training:.2g}, without the noise {loss:.2g}.",
    )
    figures = {"loss": loss, "train_loss": training, "noise_variance": variance, "explained": e.explained[0]}
    return Statement(text, short, figures, loss / (_MOST * variance), (OTHER_START,))
