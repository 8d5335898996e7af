"""The part of the domain from which samples come now: a remedy may have narrowed it."""

from __future__ import annotations

from periodic_tui.engine.components.domain import Interval
from periodic_tui.engine.training.sampling import StepInputs


def intervals_in_use(step_inputs: StepInputs, replica: int) -> tuple[Interval, ...]:
    """The training intervals of one replica; empty where inputs do not come from intervals."""
    if "starts" not in step_inputs:
        return ()
    starts, lengths = step_inputs["starts"][replica].tolist(), step_inputs["lengths"][replica].tolist()
    return tuple((start, start + length) for start, length in zip(starts, lengths, strict=True) if length > 0)


def narrowed_by(step_inputs: StepInputs, replica: int, whole: tuple[Interval, ...]) -> float:
    """Width of the whole domain over that of the part in use: how much wider every basin is than it was."""
    used = intervals_in_use(step_inputs, replica)
    return (whole[-1][1] - whole[0][0]) / (used[-1][1] - used[0][0]) if used and whole else 1.0
