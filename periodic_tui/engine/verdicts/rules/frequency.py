"""What is the matter with a model that has a frequency."""

from __future__ import annotations

import math
from typing import Final, TypeGuard

from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules.base import REMEDIES, Statement, rule
from periodic_tui.engine.verdicts.words import basins, in_one_line

_STABLE: Final = 2.0
"""lr times sharpness above which gradient descent on a parabola diverges."""
_NOTHING: Final = 0.05
"""Share of the variance below which the fit explains nothing."""


@rule("stuck-outside-basin", lambda e: (e.distance > e.basin) & (e.explained < _NOTHING))
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
    return Statement(text, short, figures, distance / basin, (*shown, REMEDIES))


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
