"""Measurements and compiled steps give way to commands."""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from periodic_tui.engine.errors import Preempted

Flag = ctypes.c_int32
"""What compiled code looks at while it runs without the interpreter: not 0 where a command is waiting."""
UNSET = Flag(0)
"""One that nobody sets."""


class Waiting(threading.Event):
    """Set where a command is waiting; compiled code sees that too."""

    def __init__(self) -> None:
        super().__init__()
        self.flag = Flag(0)

    def set(self) -> None:
        self.flag.value = 1
        super().set()

    def clear(self) -> None:
        super().clear()
        self.flag.value = 0


class Preemption:
    """Looked at between slices of a measurement, each no longer than some milliseconds or a step."""

    def __init__(self, wanted: Callable[[], bool] = lambda: False, flag: Flag = UNSET) -> None:
        self.wanted, self.flag = wanted, flag
        """Whether a command is waiting, and the same for compiled code."""
        self.at_once = math.inf
        """Seconds after which an act gives way to pictures, too, where there are any."""
        self._preemptible = False

    def check(self) -> None:
        """Raises Preempted where a command is waiting and the measurement may be given up."""
        if self._preemptible and self.wanted():
            raise Preempted

    @contextmanager
    def preemptible(self, on: bool = True) -> Iterator[None]:
        """What is measured in this context may be given up, or may not: elsewhere it goes on to its end."""
        before, self._preemptible = self._preemptible, on
        try:
            yield
        finally:
            self._preemptible = before
