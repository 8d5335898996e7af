"""Measurements that take too long for every picture: one replica at a time, within a share of the time."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from periodic_tui.engine.arrays import Counts, Floats


class Budget:
    """Keeps the last value of every replica; NaN where it was never measured."""

    def __init__(self, replicas: int, share: float) -> None:
        self.values: Floats = np.full(replicas, np.nan)
        self._turn = np.zeros(replicas, dtype=np.int64)
        self._share = share
        self._due = 0.0

    def measure(self, rows: Counts, value: Callable[[Counts], Floats], live: bool) -> None:
        """Measure these replicas anew; `live`: only the one whose value is oldest, and only if the time has come."""
        if live and (not len(rows) or time.perf_counter() < self._due):
            return
        if live:
            rows = rows[[int(self._turn[rows].argmin())]]
        started = time.perf_counter()
        if len(rows):
            self.values[rows] = value(rows)
            self._turn[rows] = self._turn.max() + 1
        ended = time.perf_counter()
        self._due = ended + (ended - started) / self._share
