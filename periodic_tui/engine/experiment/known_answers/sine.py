"""Sines: a sine unit and a harmonic represent them exactly."""

from __future__ import annotations

import math

from periodic_tui.engine.components.targets.sines import Sine, Sines
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import NoAnswer, Parameters, answer


@answer("sine", "sine-unit")
def frequency(experiment: Experiment, filled: Parameters) -> None:
    """ω = the target's frequency."""
    filled["omega"][0] = experiment.target.frequencies[0]


@answer("sine", "harmonic")
@answer("sines", "harmonic")
def coefficients(experiment: Experiment, filled: Parameters) -> None:
    """amplitude · sin(ωx + phase) has alpha = amplitude · cos(phase), beta = amplitude · sin(phase)."""
    target, units = experiment.target, len(filled["omega"])
    assert isinstance(target, Sine | Sines)
    if units < len(target.parts):
        raise NoAnswer(f"{len(target.parts)} sines need as many units, got {units}")
    for unit, (omega, amplitude, phase) in enumerate(target.parts):
        filled["omega"][unit] = omega
        filled["alpha"][unit] = amplitude * math.cos(phase)
        filled["beta"][unit] = amplitude * math.sin(phase)


@answer("decaying-sine", "mlp")
@answer("decaying-sine", "harmonic")
def decaying(experiment: Experiment, filled: Parameters) -> None:
    """Refuse: no finite sum of sines decays."""
    raise NoAnswer("a decaying sine is no finite sum of sines: its decay has to be approximated")
