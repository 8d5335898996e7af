"""A trainer as it was between two steps, to go back to."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.steppers import StepperState
from periodic_tui.engine.training.trainer import Trainer


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything that a command or a remedy may change, by reference: no tensor of a trainer is written in place."""

    experiment: Experiment
    state: State
    step_inputs: StepInputs
    seeds: Tensor
    stepper_state: StepperState

    @classmethod
    def of(cls, trainer: Trainer) -> Checkpoint:
        """The trainer as it is now."""
        state, step_inputs = dict(trainer.state), dict(trainer.step_inputs)
        return cls(trainer.experiment, state, step_inputs, trainer.seeds, trainer.stepper.state_dict())

    @property
    def bytes(self) -> int:
        """About what it takes on a disk."""
        return sum(value.nbytes for value in (*self.state.values(), *self.step_inputs.values()))

    def restore(self, trainer: Trainer) -> None:
        """Go on from here; the trainer's experiment is already this one. The steps count on."""
        trainer.stepper.load_state_dict(self.stepper_state)
        trainer.state, trainer.step_inputs, trainer.seeds = dict(self.state), dict(self.step_inputs), self.seeds
        trainer.alive = bool(trainer.state["alive"].any())

    def restore_some(self, trainer: Trainer, where: Tensor) -> None:
        """The same for the replicas `where` `[replicas]`, as far as they can be told apart."""
        trainer.state = _mixed(trainer.state, self.state, where)
        trainer.step_inputs = _mixed(trainer.step_inputs, self.step_inputs, where)
        trainer.alive = bool(trainer.state["alive"].any())


def _mixed(now: dict[str, Tensor], before: dict[str, Tensor], where: Tensor) -> dict[str, Tensor]:
    """`before` in the rows `where`, as far as the tensors are rows of replicas and still of the same shape."""
    mixed = dict(now)
    for name, value in now.items():
        old = before.get(name)
        if old is not None and old.shape == value.shape and value.shape[:1] == where.shape:
            mixed[name] = old.where(where.reshape(-1, *[1] * (value.dim() - 1)), value)
    return mixed
