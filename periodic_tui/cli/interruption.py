"""Signals as wishes."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any


class Interruption:
    """A context in which the first SIGINT, SIGTERM or SIGHUP is a wish to end; the second acts as it always does."""

    def __init__(self, tell: Callable[[], None] = lambda: None) -> None:
        self.wished = False
        self._tell = tell
        """Called at the wish."""
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interruption:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._wish)
        return self

    def __exit__(self, *error: object) -> None:
        while self._before:
            signal.signal(*self._before.popitem())

    def _wish(self, number: int, frame: FrameType | None) -> None:
        self.wished = True
        self._tell()
        self.__exit__()
