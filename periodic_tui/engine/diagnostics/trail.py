"""States that training has passed since the last look: what happened there is found without running all again."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from periodic_tui.engine.training.step import State

_MOST = 64
_NUMBERS = 1 << 22
"""All states together hold so many numbers, or are two."""


class Trail:
    """States of all replicas, by reference, at steps that are about equally far apart."""

    def __init__(self) -> None:
        self._passed: list[tuple[int, State]] = []
        self._apart = 1
        """Steps from one to the next, at least."""

    def clear(self) -> None:
        """Begin anew."""
        self._passed, self._apart = [], 1

    def note(self, step: int, state: State) -> None:
        """Training has come to this step; where states become too many, every second is let go."""
        if self._passed and step - self._passed[-1][0] < self._apart:
            return
        self._passed.append((step, dict(state)))
        if len(self._passed) > max(2, min(_MOST, _NUMBERS // sum(value.numel() for value in state.values()))):
            del self._passed[::2]
            self._apart = max(1, (step - self._passed[0][0]) // len(self._passed))

    def between(self, first: int, last: int) -> list[tuple[int, State]]:
        """Those behind step `first` and before `last`, in order."""
        steps = [step for step, _ in self._passed]
        return self._passed[bisect_right(steps, first) : bisect_left(steps, last)]
