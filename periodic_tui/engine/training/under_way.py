"""Steps that a CUDA device may still be at work on, while the next ones are launched."""

from __future__ import annotations

from torch import Tensor

from periodic_tui.engine.training.fetched import Fetched
from periodic_tui.engine.training.trainer import Trainer


class UnderWay:
    """A chunk of steps that was launched, and what is to be known of it on the CPU, on its way there."""

    def __init__(self, trainer: Trainer, first: int, omega: Tensor | None, losses: Tensor | None) -> None:
        """`first`: its first step; `omega`: the frequencies after its last one, if they are to be known; `losses`
        `[steps, replicas]`, if they are few."""
        self.first, self.last = first, trainer.done
        self._state_alive = trainer.state["alive"]
        self._wanted = [name for name, values in (("omega", omega), ("losses", losses)) if values is not None]
        wanted = [values for values in (omega, losses) if values is not None]
        self._fetched = Fetched([self._state_alive.any(), *wanted], trainer.device)

    def arrived(self, trainer: Trainer) -> dict[str, Tensor]:
        """Wait for the steps; the trainer knows then whether any replica is alive. Frequencies and losses by name."""
        alive, *values = self._fetched.arrived()
        if trainer.state["alive"] is self._state_alive:
            trainer.alive = bool(alive)
        return dict(zip(self._wanted, values, strict=True))
