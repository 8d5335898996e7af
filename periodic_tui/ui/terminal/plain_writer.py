"""What goes to the terminal, in order."""

import os
import select
from contextlib import suppress
from threading import Thread

from textual.drivers._writer_thread import WriterThread

FAREWELL = 0.2
"""Seconds that the terminal has at the end to take what is left."""


class _File:
    """A terminal that does not wait, for a thread that may."""

    def __init__(self, descriptor: int, encoding: str) -> None:
        self._descriptor, self._encoding = descriptor, encoding

    def write(self, text: str) -> None:
        data = text.encode(self._encoding, "replace")
        with suppress(OSError):
            while data:
                select.select([], [self._descriptor], [])
                with suppress(BlockingIOError):
                    data = data[os.write(self._descriptor, data) :]

    def flush(self) -> None:
        pass


class PlainWriter:
    """Writes text to a terminal in a thread of its own."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._thread: WriterThread | None = None

    def open(self, descriptor: int) -> None:
        """Begin to write to that terminal."""
        self._thread = WriterThread(_File(descriptor, self._encoding))  # type: ignore[arg-type]
        self._thread.start()

    def write(self, text: str) -> None:
        """Send text."""
        if self._thread:
            self._thread.write(text)

    def close(self) -> None:
        """Write what is left, as far as the terminal takes it, and no more after that."""
        if self._thread:
            Thread(target=self._thread.stop, daemon=True).start()
            self._thread.join(FAREWELL)
        self._thread = None
