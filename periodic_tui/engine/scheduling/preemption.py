"""Measurements give way to commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Interrupted(Exception):
    """Something else is wanted: what was being measured is given up, and nothing of it is kept."""


class Attention:
    """Looked at between slices of a measurement, each no longer than some milliseconds or a step."""

    def __init__(self, wanted: Callable[[], bool] = lambda: False) -> None:
        self.wanted = wanted
        """Whether a command is waiting."""
        self._gives_way = False

    def check(self) -> None:
        """Raises Interrupted where a command is waiting and the measurement may be given up."""
        if self._gives_way and self.wanted():
            raise Interrupted

    @contextmanager
    def giving_way(self, gives_way: bool = True) -> Iterator[None]:
        """What is measured in this context may be given up, or may not: elsewhere it goes on to its end."""
        before, self._gives_way = self._gives_way, gives_way
        try:
            yield
        finally:
            self._gives_way = before
