"""The run as it would have gone if nothing had been done to it, to be seen beside what was done."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.scheduling.preemption import UNSET, Flag
from periodic_tui.engine.snapshot import Curve
from periodic_tui.engine.training.fetched import as_values
from periodic_tui.engine.training.history import History
from periodic_tui.engine.training.steppers import Stepper
from periodic_tui.engine.training.trainer import Trainer

_PIECE = 0.002
"""Seconds that the steps between two looks at the clock should take."""


class ControlRun:
    """The same replicas in training from the run's start on the same batches; nothing else is ever done to them."""

    def __init__(
        self, experiment: Experiment, device: torch.device, stepper_for: Callable[[Trainer], Stepper] = Trainer.eager
    ) -> None:
        self._experiment, self._device = experiment, device
        self._stepper_for = stepper_for
        """Gives the fastest stepper at hand for a trainer at its start."""
        self._trainer: Trainer | None = None
        self._engine = ""
        """That the run had when this one's was chosen."""
        self._history = History(1, geometric=True)

    def follow(self, seed: int, step: int, until: float = float("inf"), engine: str = "", wanted: Flag = UNSET) -> bool:
        """Train the replicas from `seed` on up to `step`, until that moment of `time.perf_counter()`, or until the flag
        is set, but a little.

        `engine`: name of the stepper that the run has by now; where that has changed, and the control run's is another
        one, it is chosen anew. Returns whether any step was taken.
        """
        trainer = self._trainer
        if trainer is None or seed != int(trainer.seeds[0]):
            trainer = self._trainer = self._begun(seed)
        elif engine not in (self._engine, trainer.stepper.name):
            trainer.stepper = self._stepper_for(trainer)
        self._engine = engine
        begun, piece = trainer.done, 1
        while trainer.done < step and trainer.alive:
            first, started = trainer.done, time.perf_counter()
            losses = trainer.advance(min(piece, step - first), wanted)
            self._history.add(first, as_values(losses))
            ended = time.perf_counter()
            if ended >= until or wanted.value:
                break
            if ended - started < _PIECE / 2:
                piece *= 2
        return trainer.done > begun

    def curve(self, replica: int) -> Curve:
        """Minibatch losses of an untreated replica, as far as it was followed."""
        return self._history.curve(replica) if self._trainer else Curve()

    def _begun(self, seed: int) -> Trainer:
        training = self._experiment.training.model_copy(update={"seed": seed})
        trainer = Trainer(self._experiment.model_copy(update={"training": training}), self._device)
        trainer.stepper = self._stepper_for(trainer)
        self._history = History(training.replicas, geometric=True)
        return trainer
