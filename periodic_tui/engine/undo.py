"""What a run was before its last commands, so that they can be undone."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from periodic_tui.engine.commands import Refused

if TYPE_CHECKING:
    from torch import Tensor

    from periodic_tui.engine.experiment import Experiment
    from periodic_tui.engine.sampling import Knobs
    from periodic_tui.engine.step import State
    from periodic_tui.engine.trainer import Trainer

_KEPT = 8
"""Commands that can be undone, one after another."""


@dataclass(frozen=True, eq=False)
class Memory:
    """A run between two steps. What torch's own optimizers remember of earlier steps is not in it."""

    experiment: Experiment
    own: Experiment
    """The experiment to which `reinitialize` goes back."""
    state: State
    knobs: Knobs
    seeds: Tensor
    alive: bool

    @classmethod
    def of(cls, trainer: Trainer, own: Experiment) -> Memory:
        """A copy of everything that a command may change."""
        state, knobs = (
            {name: value.clone() for name, value in part.items()} for part in (trainer.state, trainer.knobs)
        )
        return cls(trainer.experiment, own, state, knobs, trainer.seeds.clone(), trainer.alive)

    def put_back(self, trainer: Trainer) -> None:
        """Go on from here; the trainer's experiment is already this one. The steps count on."""
        trainer.stepper.reset()
        trainer.state, trainer.knobs = dict(self.state), dict(self.knobs)
        trainer.seeds, trainer.alive = self.seeds, self.alive


class UndoRing:
    """The last commands of a run, each with what was before it."""

    def __init__(self) -> None:
        self._ring: deque[tuple[str, Memory]] = deque(maxlen=_KEPT)

    def keep(self, words: str, memory: Memory) -> None:
        """A command was applied."""
        self._ring.append((words, memory))

    def take(self) -> tuple[str, Memory]:
        """The words of the last command, and what was before it. Raises Refused where nothing is left."""
        if not self._ring:
            raise Refused("there is nothing to undo")
        return self._ring.pop()
