"""Bytes to a terminal, without ever waiting for it."""

import asyncio
import os
import select
import time
from collections.abc import Callable
from contextlib import suppress

FAREWELL = 0.1
"""Seconds that the terminal has at the end to take what is left."""


class Outlet:
    """Writes to a file descriptor that does not block; `drained` is called when the terminal has taken all, having
    refused some before."""

    def __init__(self, descriptor: int, drained: Callable[[], object]) -> None:
        self._descriptor, self._drained = descriptor, drained
        self._loop = asyncio.get_running_loop()
        self._waiting = b""

    @property
    def waiting(self) -> int:
        """How many bytes the terminal has not taken yet."""
        return len(self._waiting)

    def write(self, data: bytes) -> None:
        """Send data; what the terminal does not take now, when it does."""
        waited, self._waiting = bool(self._waiting), self._waiting + data
        if not waited:
            self._push()
            if self._waiting:
                self._loop.add_writer(self._descriptor, self._go_on)

    def _push(self) -> None:
        try:
            taken = os.write(self._descriptor, self._waiting)
        except BlockingIOError:
            taken = 0
        except OSError:  # the terminal has gone: there is nobody to write to
            taken = len(self._waiting)
        self._waiting = self._waiting[taken:]

    def _go_on(self) -> None:
        self._push()
        if not self._waiting:
            self._loop.remove_writer(self._descriptor)
            self._drained()

    def close(self) -> None:
        """Write what is left, as far as the terminal takes it soon; nothing is written after that."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.remove_writer(self._descriptor)
        end = time.monotonic() + FAREWELL
        while self._waiting and select.select([], [self._descriptor], [], max(0.0, end - time.monotonic()))[1]:
            self._push()
