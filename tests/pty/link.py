"""A terminal at the end of a link that carries so many bytes a second, behind a buffer as ssh and networks have it."""

import math
import os
import select
import time
from collections.abc import Mapping, Sequence

from tests.pty.terminal import Terminal

BUFFER = 2_000_000
"""Bytes that are under way at most."""
PORTION = 0.005
"""Seconds between two portions of bytes that arrive."""


class LinkedTerminal(Terminal):
    """Reads from the program what there is, and shows `rate` bytes a second of it; at rate 0 it does not even read."""

    def __init__(
        self,
        command: Sequence[str | os.PathLike[str]],
        rate: float = math.inf,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(command, columns, rows, env)
        self.rate = rate
        """Bytes a second; may be changed at any time."""
        self._buffer = bytearray()
        self._moment = 0.0

    def __enter__(self) -> "LinkedTerminal":
        super().__enter__()
        return self

    @property
    def under_way(self) -> int:
        """Bytes that the program has sent and the terminal has not shown."""
        return len(self._buffer)

    def _next_bytes(self) -> bytes:
        while True:
            room = BUFFER - len(self._buffer) if self.rate else 0
            if room > 0 and select.select([self.master], [], [], 0.0 if self._buffer else PORTION)[0]:
                data = super()._next_bytes()
                if not data and not self._buffer:
                    return b""
                self._buffer += data
            if portion := self._portion():
                return portion
            time.sleep(PORTION)

    def _portion(self) -> bytes:
        now = time.perf_counter()
        past, self._moment = min(now - self._moment, 10 * PORTION), now
        size = len(self._buffer) if math.isinf(self.rate) else min(len(self._buffer), round(past * self.rate))
        portion = bytes(self._buffer[:size])
        del self._buffer[:size]
        return portion


class SilentTerminal(Terminal):
    """Answers no query."""

    def __enter__(self) -> "SilentTerminal":
        self.emulator.answer = lambda text: None
        super().__enter__()
        return self


def stray(terminal: Terminal, text: str) -> None:
    """Have somebody else write into the terminal, as `wall` does."""
    with terminal._changed:
        terminal.emulator.feed(f"\x1b[5;3H\x1b[0m{text}".encode())
