"""How much of the time something may take that is done again and again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Budget:
    """Holds what is spent to a share of the time: all of it is earned back before more is due."""

    def __init__(self, share: float, clock: Callable[[], float] = time.perf_counter, rest: float = 0.0) -> None:
        """`rest`: the fewest seconds between the end of one spending and the next."""
        self._share, self._clock, self.rest = share, clock, rest
        self.due = -math.inf
        """Moment by the clock at which all that was spent is earned back."""
        self.last = 0.0
        """Seconds that the last spending took."""
        self.total = 0.0
        """Seconds spent so far, …"""
        self.worked = 0.0
        """… and how much of that the thread has worked: less where the machine is busy."""
        self._ended = -math.inf

    @property
    def ready(self) -> bool:
        """Whether all is earned back and the rest is over."""
        return self._clock() >= max(self.due, self._ended + self.rest)

    @property
    def earned(self) -> float:
        """Seconds earned since the last spending ended, whatever was owed before."""
        return self._share * (self._clock() - self._ended)

    def credit(self, most: float) -> float:
        """Seconds that may be spent where so many can be saved up; below zero where more was overdrawn."""
        return most - self._share * max(0.0, self.due - self._clock())

    @contextmanager
    def spend(self) -> Iterator[None]:
        """What is done in this context is paid for; what is given up by an exception is not."""
        started, worked = self._clock(), time.thread_time()
        yield
        self.worked += time.thread_time() - worked
        self.took(started, self._clock())

    def took(self, started: float, ended: float) -> None:
        """Pay for what was done between two moments of the clock, on top of what is still owed."""
        self.last = ended - started
        self.total += self.last
        self.due = ended + max(0.0, self.due - started) + self.last / self._share
        self._ended = ended
