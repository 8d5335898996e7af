"""The terminal's modes from before the app, to be put back where the app itself cannot."""

import os
from contextlib import suppress
from typing import TextIO

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

RESET = (
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[?2004l"
    b"\x1b[?2026l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?7h\x1b[0m"
)
"""Mouse, focus and paste reports off; the update done; keyboard, screen, cursor, wrap and colors as before."""


class Terminal:
    """Remembers the modes of the terminal behind a stream."""

    def __init__(self, stream: TextIO | None) -> None:
        self._output = self._attributes = None
        with suppress(OSError, ValueError, AttributeError):
            self._output = stream.fileno() if stream and stream.isatty() else None
        if termios is not None:
            with suppress(termios.error, OSError):
                self._attributes = termios.tcgetattr(0)

    def restore(self) -> None:
        """Put the modes and the screen back; never waits and never raises, also where the line has dropped."""
        if termios is not None and self._attributes is not None:
            with suppress(termios.error, OSError):
                termios.tcsetattr(0, termios.TCSANOW, self._attributes)
        if self._output is not None:
            with suppress(OSError):
                os.set_blocking(self._output, False)
                os.write(self._output, RESET)
                os.set_blocking(self._output, True)
