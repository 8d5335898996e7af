"""How steps are run. Every stepper gives the same numbers as the eager one, up to rounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from torch import Tensor

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

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        """State and losses `[count, replicas]` after steps number `first` to `first + count − 1`.

        The given state is left as it was.
        """
        ...

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        """Whether it can run steps of tensors of these shapes."""
        return True

    def state_dict(self) -> StepperState:
        """A copy of what it carries from step to step besides the state; most carry nothing."""
        return ()

    def load_state_dict(self, remembered: StepperState = ()) -> None:
        """Forget the steps so far, or go back to what was remembered then."""
        return None
