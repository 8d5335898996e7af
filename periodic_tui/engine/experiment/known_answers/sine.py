"""Sines: a sine unit and a harmonic represent them exactly."""

from __future__ import annotations

import math

from periodic_tui.engine.components.targets.sines import Sine, Sines
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import Answer, NoAnswer, answer, blank


@answer("sine", "sine-unit")
def frequency(experiment: Experiment) -> Answer:
    """ω = the target's frequency."""
    import torch

    return Answer({"omega": torch.tensor(experiment.target.frequencies, dtype=torch.float64)})


def parts_of(experiment: Experiment) -> tuple[tuple[float, float, float], ...]:
    """Frequency, amplitude and phase of each sine of the target."""
    target = experiment.target
    if isinstance(target, Sine):
        return ((target.frequency, 1.0, 0.0),)
    assert isinstance(target, Sines)
    return target.parts


@answer("sine", "harmonic")
@answer("sines", "harmonic")
def coefficients(experiment: Experiment) -> Answer:
    """amplitude · sin(ωx + phase) has alpha = amplitude · cos(phase), beta = amplitude · sin(phase)."""
    filled, parts = blank(experiment), parts_of(experiment)
    units = len(filled["omega"])
    if units < len(parts):
        raise NoAnswer(f"{len(parts)} sines need as many units, got {units}")
    for unit, (omega, amplitude, phase) in enumerate(parts):
        filled["omega"][unit] = omega
        filled["alpha"][unit] = amplitude * math.cos(phase)
        filled["beta"][unit] = amplitude * math.sin(phase)
    return Answer(filled)


@answer("decaying-sine", "mlp")
@answer("decaying-sine", "harmonic")
def decaying(experiment: Experiment) -> Answer:
    """There is none."""
    raise NoAnswer("a decaying sine is no finite sum of sines: its decay has to be approximated")
