"""How steps are run. Every stepper gives the same numbers as the eager one, up to rounding."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from periodic_tui.engine.sampling import Knobs
from periodic_tui.engine.step import State


class Stepper(Protocol):
    """Runs steps of one experiment."""

    name: str
    """`eager` or `compiled`: what the header shows."""

    def run(self, state: State, knobs: Knobs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        """State and losses `[count, replicas]` after steps number `first` to `first + count − 1`.

        The given state is left as it was.
        """
        ...

    def reset(self) -> None:
        """Forget everything about the steps so far (an optimizer that torch keeps)."""
        ...
