"""Steps that a CUDA device may still be at work on, while the next ones are launched."""

from __future__ import annotations

import torch
from torch import Tensor

from periodic_tui.engine.training.trainer import Trainer


class UnderWay:
    """A chunk of steps that was launched, and what is to be known of it on the CPU, on its way there."""

    def __init__(self, trainer: Trainer, first: int, omega: Tensor | None, losses: Tensor | None) -> None:
        """`first`: its first step; `omega`: the frequencies after its last one, if they are to be known; `losses`
        `[steps, replicas]`, if they are few."""
        self.first, self.last = first, trainer.done
        self._losses = None if losses is None else _fetched(losses)
        self._state_alive = trainer.state["alive"]
        self._alive = _fetched(self._state_alive.any())
        self._omega = None if omega is None else _fetched(omega)
        self._arrived = torch.cuda.Event()
        self._arrived.record(torch.cuda.current_stream(trainer.device))

    def arrived(self, trainer: Trainer) -> tuple[Tensor | None, Tensor | None]:
        """Wait for the steps; the trainer knows then whether any replica is alive. Frequencies and losses, here."""
        self._arrived.synchronize()
        if trainer.state["alive"] is self._state_alive:
            trainer.alive = bool(self._alive)
        return self._omega, self._losses


def _fetched(values: Tensor) -> Tensor:
    return values.to("cpu", non_blocking=True)
