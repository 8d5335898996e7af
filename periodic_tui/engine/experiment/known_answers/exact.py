"""Targets that a model represents exactly: sines, linear filters, a clock."""

from __future__ import annotations

import math

from periodic_tui.engine.components.targets.clock import PERIODS, RADICES, Clock
from periodic_tui.engine.components.targets.sines import Sine, Sines
from periodic_tui.engine.components.targets.spectra import Dft, Fir
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


@answer("fir", "linear")
@answer("dft", "linear")
def matrix(experiment: Experiment, filled: Parameters) -> None:
    """The taps, or the DFT's matrix."""
    target = experiment.target
    assert isinstance(target, Fir | Dft)
    filled["output.weight"].copy_(filled["output.weight"].new_tensor(target.matrix))


@answer("clock", "oscillators")
def periods(experiment: Experiment, filled: Parameters) -> None:
    """ω = 2π/period; minute and hour step back by the share that the hands below have gone round."""
    target = experiment.target
    assert isinstance(target, Clock)
    filled["omega"].copy_(filled["omega"].new_tensor(target.frequencies))
    for hand, period in enumerate(PERIODS):
        for faster in range(hand):
            filled["carry"][hand, faster] = -PERIODS[faster] / period
    if target.instants == "fractional":
        # A second lasts a second: its phase is right in the middle.
        filled["phase"][0] = -math.pi / RADICES[0]


@answer("clock", "mlp")
def none(experiment: Experiment, filled: Parameters) -> None:
    """Refuse: no network of this size is a clock."""
    raise NoAnswer("120 years hold 3.8 billion seconds, each a jump: no network of this size has as many corners")
