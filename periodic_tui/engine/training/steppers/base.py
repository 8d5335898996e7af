"""How steps are run. Every stepper gives the same numbers as the eager one, up to rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from periodic_tui.engine.scheduling.preemption import Flag
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State

StepperState = Sequence[dict[str, Any]]
"""State of each optimizer that torch runs; empty where there is none, or before its first step."""


class Stepper(Protocol):
    """Runs steps of one experiment."""

    name: str
    """`eager` or `compiled`: what the header shows."""
    how: str = ""
    """As what the steps are compiled, where that is not always the same."""
    parts: int = 1
    """Parts of a step that threads of its own can take, in which case the numbers do not depend on how many there are;
    1: it is taken by torch's threads, whose number may change the last bit of an eager one."""
    longest: int = 256
    """Most steps in a call where nobody watches: what it costs besides them is soon lost."""
    any_number: bool = False
    """Whether it runs steps of whatever number of replicas."""
    gives_way: bool = False
    """Whether `run_until` ends early."""

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        """State and losses `[count, replicas]` after steps number `first` to `first + count − 1`.

        The given state is left as it was.
        """
        ...

    def run_until(
        self, wanted: Flag, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int
    ) -> tuple[State, Tensor]:
        """The same; where it gives way, fewer steps, but one at least, once the flag is set meanwhile."""
        return self.run(state, step_inputs, seeds, first, count)

    @property
    def threads(self) -> int:
        """How many threads take a step; 0 where that is still to be chosen."""
        return torch.get_num_threads()

    @threads.setter
    def threads(self, count: int) -> None:
        torch.set_num_threads(count)

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        """Whether it can run steps of tensors of these shapes."""
        return True

    def state_dict(self) -> StepperState:
        """A copy of what it carries from step to step besides the state; most carry nothing."""
        return ()

    def load_state_dict(self, remembered: StepperState = ()) -> None:
        """Forget the steps so far, or go back to what was remembered then."""
        return None
