"""The clock: three periods, and a carry that takes back what a fast hand adds to a slow one."""

from __future__ import annotations

import math

from periodic_tui.engine.components.targets.clock import PERIODS, RADICES, Clock
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import NoAnswer, Parameters, answer


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
