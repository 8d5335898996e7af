"""The terminal as a device: opened for this program alone, its size, its modes, and whose it is at the moment."""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

CONTROLLING = "/dev/tty"
USUAL_SIZE = (80, 24)
"""Columns and rows of a terminal that does not know its size."""
LFLAG, IFLAG, CC = 3, 0, 6
"""Places in what `termios.tcgetattr` tells."""


def has_terminal() -> bool:
    """Whether there is a terminal for a dashboard: keys come from one, and one can be opened to draw on."""
    if not (sys.stdin and sys.stdin.isatty()):
        return False
    try:
        Line().close()
    except OSError:
        return False
    return True


class Line:
    """A terminal, for reading and writing. Standard output and error may lead elsewhere (textual #4420, #5531).

    Nothing here waits for the terminal longer than it is told to. Raises OSError where there is none.
    """

    def __init__(self) -> None:
        self.descriptor = _opened()
        self._before = self._attributes()

    def close(self) -> None:
        """Let go of the descriptor."""
        os.close(self.descriptor)

    def size(self) -> tuple[int, int]:
        """Columns and rows; usual ones where the terminal says 0 or nothing."""
        try:
            columns, rows = os.get_terminal_size(self.descriptor)
        except OSError:
            columns = rows = 0
        return columns or USUAL_SIZE[0], rows or USUAL_SIZE[1]

    def is_ours(self) -> bool:
        """Whether this process is in the foreground, so that the terminal is its own to use. Raises OSError where the
        terminal is gone."""
        try:
            return os.tcgetpgrp(self.descriptor) == os.getpgrp()
        except OSError:
            if self.is_gone():
                raise
            return True  # somebody else's session, without any job control

    def is_gone(self) -> bool:
        """Whether nothing will come from it any more."""
        poll = select.poll()
        poll.register(self.descriptor, 0)
        return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))

    def make_raw(self) -> None:
        """Let every key come as it is pressed, and none be shown or be a signal."""
        attributes = self._attributes()
        if attributes is not None:
            attributes[LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
            attributes[IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
            attributes[CC][termios.VMIN] = 1
            self._set(attributes)

    def give_back(self, farewell: bytes, within: float) -> None:
        """Have everything as it was at first: send those modes, past whatever waits for a terminal that does not read,
        and drop what has been typed and not been read. Others who have the terminal now keep their attributes."""
        with _from_anywhere():
            if not self.send(farewell, within):
                self._drop(_OUTPUT)
                self.send(farewell, 0.0)
            if self._before is not None and self._may_be_ours():
                self._drop(_INPUT)
                self._set(self._before)

    def _may_be_ours(self) -> bool:
        with suppress(OSError):
            return self.is_ours()
        return False

    def send(self, data: bytes, within: float) -> bool:
        """Write; whether all of it has gone within so many seconds."""
        end = time.monotonic() + within
        with suppress(OSError):
            while data and select.select([], [self.descriptor], [], max(0.0, end - time.monotonic()))[1]:
                with suppress(BlockingIOError):
                    data = data[os.write(self.descriptor, data) :]
        return not data

    def _attributes(self) -> list[Any] | None:
        with suppress(*_ERRORS):
            return termios.tcgetattr(self.descriptor)
        return None

    def _set(self, attributes: list[Any]) -> None:
        with suppress(*_ERRORS):
            termios.tcsetattr(self.descriptor, termios.TCSANOW, attributes)

    def _drop(self, queue: int) -> None:
        with suppress(*_ERRORS):
            termios.tcflush(self.descriptor, queue)


_INPUT, _OUTPUT = (0, 1) if termios is None else (termios.TCIFLUSH, termios.TCOFLUSH)
_ERRORS: tuple[type[Exception], ...] = (AttributeError,) if termios is None else (termios.error,)


def _opened() -> int:
    """A descriptor of our own, which can be told not to wait without the shell's doing so, too."""
    flags = os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY if os.name == "posix" else os.O_RDWR
    for place in _places():
        with suppress(OSError):
            return os.open(place, flags)
    for descriptor in (0, 2, 1):
        if os.isatty(descriptor):
            return os.dup(descriptor)
    raise OSError("no terminal")


def _places() -> Iterator[str]:
    yield CONTROLLING
    with suppress(OSError):
        yield os.ttyname(0)


@contextmanager
def _from_anywhere() -> Iterator[None]:
    """Let a process in the background write and set modes, where it would be stopped for it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
