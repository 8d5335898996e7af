"""Probe losses of earlier steps, to know how they fell."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from periodic_tui.engine.arrays import Floats

_GROWTH = 1.2


class LossTrend:
    """Remembers the probe loss of every replica at steps that lie ever farther apart: there are few in any run."""

    def __init__(self, least: int = 8) -> None:
        self._least = least
        """Steps between two of them at first."""
        self.begin(0)

    def begin(self, step: int) -> None:
        """The parameters were placed anew: what was before does not count."""
        self._first = step
        self._steps: list[int] = []
        self._losses: list[Floats] = []

    @property
    def due(self) -> int:
        """The step at which the next loss is wanted."""
        done = self._steps[-1] - self._first if self._steps else 0
        return self._first + max(done + self._least, int(done * _GROWTH)) if self._steps else self._first

    def remember(self, step: int, loss: Floats) -> None:
        """The losses `[replicas]` at a step."""
        if self._steps and self._steps[-1] >= step:
            self._steps.pop()
            self._losses.pop()
        self._steps.append(step)
        self._losses.append(loss.copy())

    def rewind(self, step: int) -> None:
        """Forget what came after a step, to which training goes back."""
        kept = bisect_right(self._steps, step)
        del self._steps[kept:], self._losses[kept:]

    def fifth_ago(self, step: int) -> Floats | None:
        """Losses `[replicas]` when four fifths of the steps had been done, interpolated in their logarithm between
        those that are remembered; None at the start."""
        wanted = self._first + 0.8 * (step - self._first)
        after = int(np.searchsorted(self._steps, wanted, side="right"))
        if not after or step <= self._first:
            return None
        if after == len(self._steps):
            return self._losses[-1]
        first, second = self._steps[after - 1], self._steps[after]
        share = (wanted - first) / (second - first)
        tiny = np.finfo(np.float64).tiny
        low, high = (np.log(np.maximum(self._losses[n], tiny)) for n in (after - 1, after))
        before: Floats = np.exp((1 - share) * low + share * high)
        return before
