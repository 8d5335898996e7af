"""Bounded histories: bins that double in width when they run out, so that a spike is never lost."""

from __future__ import annotations

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Curve

_TINY = np.nextafter(0.0, 1.0)


class History:
    """Least, mean and largest value of a quantity in bins of steps, for every replica.

    `geometric` averages logarithms, as losses want; zeros count as the smallest positive double there. A NaN counts
    as infinite: it is the worst that a bin can hold.
    """

    def __init__(self, replicas: int, *, geometric: bool, capacity: int = 512) -> None:
        self.geometric = geometric
        self.width = 1
        self._low = np.full((capacity, replicas), np.inf)
        self._high = np.full((capacity, replicas), -np.inf)
        self._sum = np.zeros((capacity, replicas))
        self._count = np.zeros((capacity, replicas))
        self._used = 0

    def add(self, first: int, values: Floats, part: slice = slice(None)) -> None:
        """Values `[steps, replicas]` of consecutive steps from number `first` on; `part` says of which replicas."""
        if not len(values):
            return
        while (first + len(values) - 1) // self.width >= len(self._low):
            self._halve()
        rows = np.arange(first // self.width, (first + len(values) - 1) // self.width + 1)
        starts = np.maximum(rows * self.width - first, 0)
        finite = np.isfinite(values)
        measured, count = values, np.diff(starts, append=len(values)).astype(float)[:, None]
        if not finite.all():
            values = np.where(np.isnan(values), np.inf, values)
            measured = np.where(finite, values, 1.0 if self.geometric else 0.0)
            count = np.add.reduceat(finite.astype(float), starts)
        if self.geometric:
            measured = np.log(np.maximum(measured, _TINY))
        self._low[rows, part] = np.minimum(self._low[rows, part], np.minimum.reduceat(values, starts))
        self._high[rows, part] = np.maximum(self._high[rows, part], np.maximum.reduceat(values, starts))
        self._sum[rows, part] += np.add.reduceat(measured, starts)
        self._count[rows, part] += count
        self._used = max(self._used, int(rows[-1]) + 1)

    def rewind(self, step: int) -> None:
        """Forget the bins that begin after a step."""
        kept = step // self.width + 1
        if kept < self._used:
            self._low[kept:], self._high[kept:] = np.inf, -np.inf
            self._sum[kept:], self._count[kept:] = 0.0, 0.0
            self._used = kept

    def _halve(self) -> None:
        for array, merge, empty in (
            (self._low, np.minimum, np.inf),
            (self._high, np.maximum, -np.inf),
            (self._sum, np.add, 0.0),
            (self._count, np.add, 0.0),
        ):
            half = merge(array[0::2], array[1::2])
            array[: len(half)], array[len(half) :] = half, empty
        self.width *= 2
        self._used = -(-self._used // 2)

    def curve(self, replica: int) -> Curve:
        """The history of one replica; bins without any value are left out."""
        seen = np.flatnonzero(self._high[: self._used, replica] > -np.inf)
        count = self._count[seen, replica]
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = self._sum[seen, replica] / count
        return Curve(
            step=seen.astype(np.float64) * self.width,
            low=self._low[seen, replica],
            middle=np.exp(middle) if self.geometric else middle,
            high=self._high[seen, replica],
            width=self.width,
        )
