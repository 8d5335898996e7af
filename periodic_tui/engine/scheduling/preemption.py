"""Measurements give way to commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from periodic_tui.engine.errors import Preempted


class Preemption:
    """Looked at between slices of a measurement, each no longer than some milliseconds or a step."""

    def __init__(self, wanted: Callable[[], bool] = lambda: False) -> None:
        self.wanted = wanted
        """Whether a command is waiting."""
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
