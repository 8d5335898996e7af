"""How a signal ends the dashboard: in good order, or without it where it does not answer in time."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from periodic_tui.ui.app import PeriodicApp

INTERRUPTED = 130
DEADLINE = 0.35
"""Seconds after a signal in which the app has to end; then the terminal is restored without it."""
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name)]
_OVER = b"\0"
"""Tells the guard that nothing more is to be guarded."""


@contextmanager
def ends_by_signal(app: PeriodicApp) -> Iterator[None]:
    """Let SIGTERM, SIGHUP and SIGINT end the app. The interpreter itself tells the guard of them, so that one is heeded
    whatever the main thread is in, and no lock that it holds matters."""
    reads, writes = os.pipe()
    os.set_blocking(writes, False)
    guard = _Guard(app, reads)
    guard.start()

    def end(number: int, frame: FrameType | None) -> None:
        if app.interrupted is None:
            app.interrupt(INTERRUPTED)

    before = {number: signal.signal(number, end) for number in _ENDING}
    told = signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    try:
        yield
    finally:
        guard.over.set()
        signal.set_wakeup_fd(told)
        with suppress(BlockingIOError):
            os.write(writes, _OVER)
        for number, handler in before.items():
            signal.signal(number, handler)


class _Guard(threading.Thread):
    """Waits for a signal that ends the app; lets the session save, passes the signal on to a script, and gives up the
    app where it is late."""

    def __init__(self, app: PeriodicApp, told: int) -> None:
        super().__init__(name="guard", daemon=True)
        self.over = threading.Event()
        self._app, self._told = app, told

    def run(self) -> None:
        number = self._heard()
        if number is None:
            return
        if self._app.child and number in (signal.SIGTERM, signal.SIGINT):
            self._app.child.send_signal(number)
        threading.Thread(target=self._app.stop_session, daemon=True).start()  # it may wait for what others hold
        if not self.over.wait(DEADLINE):
            self._app.restore_terminal()
            leave(INTERRUPTED)

    def _heard(self) -> int | None:
        """The first signal that ends the app; None where it has ended without."""
        while numbers := os.read(self._told, 64):
            ending = [number for number in numbers if number in _ENDING]
            if ending or self.over.is_set():
                return ending[0] if ending else None
        return None


def leave(code: int) -> None:
    """End the process now, whatever its other threads are in."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
