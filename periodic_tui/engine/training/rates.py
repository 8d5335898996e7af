"""How many steps a second a stepper takes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from periodic_tui.engine.slices import Slices, finished
from periodic_tui.engine.training.steppers import Stepper

if TYPE_CHECKING:
    from periodic_tui.engine.training.trainer import Trainer

_SAMPLE = 0.005
"""Seconds over which a stepper's rate is measured."""


def steps_per_second(stepper: Stepper, trainer: Trainer) -> float:
    """The rate of a stepper at the trainer's present state, which stays as it is."""
    return finished(rate_of(stepper, trainer))


def rate_of(stepper: Stepper, trainer: Trainer) -> Slices[float]:
    """The same, a call at a time."""
    count = 1
    stepper.run(trainer.state, trainer.step_inputs, trainer.seeds, trainer.done, count)
    while True:
        yield
        started = time.perf_counter()
        _, losses = stepper.run(trainer.state, trainer.step_inputs, trainer.seeds, trainer.done, count)
        losses[-1].cpu()  # once the device has done them
        elapsed = time.perf_counter() - started
        if elapsed >= _SAMPLE:
            return count / elapsed
        count *= 4
