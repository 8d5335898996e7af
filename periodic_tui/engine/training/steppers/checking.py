"""A stepper that is still to be checked against the eager one, a slice at a time."""

from __future__ import annotations

from torch import Tensor

from periodic_tui.engine.scheduling.preemption import UNSET, Flag
from periodic_tui.engine.slices import Slices, finished
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.steppers.base import Stepper, StepperState


class Checking(Stepper):
    """Stands for a stepper until that is checked: a step that is asked for waits for the end of it.

    `check` raises Unavailable where the stepper is not to be used.
    """

    def __init__(self, stepper: Stepper, check: Slices[None]) -> None:
        self.stepper, self.check = stepper, check
        self.name, self.longest, self.gives_way = stepper.name, stepper.longest, stepper.gives_way
        self.parts = stepper.parts

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        return self.run_until(UNSET, state, step_inputs, seeds, first, count)

    def run_until(
        self, wanted: Flag, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int
    ) -> tuple[State, Tensor]:
        finished(self.check)
        return self.stepper.run_until(wanted, state, step_inputs, seeds, first, count)

    @property
    def threads(self) -> int:
        return self.stepper.threads

    @threads.setter
    def threads(self, count: int) -> None:
        self.stepper.threads = count

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        return self.stepper.accepts(state, step_inputs)

    def state_dict(self) -> StepperState:
        return self.stepper.state_dict()

    def load_state_dict(self, remembered: StepperState = ()) -> None:
        self.stepper.load_state_dict(remembered)
