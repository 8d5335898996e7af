"""The run as it would have gone if nothing had been done to it, to be seen beside what was done."""

from __future__ import annotations

import time

import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.snapshot import Curve
from periodic_tui.engine.training.history import History
from periodic_tui.engine.training.trainer import Trainer

_TIME = 0.01
"""Most seconds for each picture: the twin lags behind where that is not enough."""
_CHUNK = 16
"""Most steps between two looks at the clock."""


class ControlRun:
    """One replica in training from the same start as the run, on the same batches; nothing else is ever done to it."""

    def __init__(self, experiment: Experiment, device: torch.device) -> None:
        self._experiment, self._device = experiment, device
        self._seed: int | None = None

    def curve(self, seed: int, step: int) -> Curve:
        """Minibatch losses of the untreated run with that seed, up to `step` or as far as there was time for."""
        if seed != self._seed:
            self._begin(seed)
        end = time.perf_counter() + _TIME
        trainer, chunk = self._trainer, 1
        while trainer.done < step and trainer.alive and time.perf_counter() < end:
            first = trainer.done
            losses = trainer.advance(min(chunk, step - first))
            chunk = min(2 * chunk, _CHUNK)
            self._history.add(first, losses.cpu().double().numpy())
        return self._history.curve(0)

    def _begin(self, seed: int) -> None:
        training = self._experiment.training.model_copy(update={"seed": seed, "replicas": 1})
        self._trainer = Trainer(self._experiment.model_copy(update={"training": training}), self._device)
        self._history = History(1, geometric=True)
        self._seed = seed
