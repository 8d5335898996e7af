"""Opens the dashboard, and gives the terminal back whatever happens."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from periodic_tui.engine.errors import Refused
from periodic_tui.ui.app import FindRecordings, FindScreen, OpenSession, PeriodicApp, dashboard_screen
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.terminal.modes import Terminal

if TYPE_CHECKING:
    from periodic_tui.plotting.cells import Glyphs
    from periodic_tui.ui.child import Child

INTERRUPTED = 130
DEAF = 0.5
"""Seconds that the worker has to save and to end in."""
SWITCH = 5e-4
"""Seconds for which a thread keeps the interpreter while another waits: from key to screen it changes hands often."""
DEADLINE = 0.35
"""Seconds after a signal in which the app has to end; then the terminal is restored without it."""


def run_dashboard(
    opening: Opening,
    open_session: OpenSession,
    glyphs: str = "auto",
    recordings: FindRecordings = lambda: (),
    child: Child | None = None,
    find_screen: FindScreen = dashboard_screen,
) -> tuple[int, BaseException | None]:
    """Show a run until the user quits.

    Args:
        opening: what the first frame says.
        open_session: called in the worker thread, after the first frame.
        glyphs: `braille`, `ascii`, or `auto`, which goes by the terminal's encoding.
        recordings: finds what can be replayed, newest first.
        child: the script that is watched. SIGTERM and SIGINT are passed on to it; after SIGHUP it runs on.
        find_screen: called in the worker thread, too; imports the main screen.

    Returns:
        The exit code, 0, 1 after a bug, 2 if the run was refused, 130 after a signal; and what ended the worker, if
        anything did.
    """
    app = PeriodicApp(opening, open_session, glyphs_for(glyphs), recordings, child, find_screen)
    terminal = Terminal(sys.__stderr__)
    sys.setswitchinterval(SWITCH)
    with ends_by_signal(app, terminal):
        app.run()
    app.stop_session()
    failure = app.failure or (app.session.failure if app.session else None)
    code = exit_code(failure, app.return_code or 0)
    if app.worker.ident is not None:
        app.worker.join(DEAF)
        if app.worker.is_alive():  # in an import or a product that nothing can interrupt
            leave(code)
    return code, failure


def exit_code(failure: BaseException | None, otherwise: int) -> int:
    """The exit code: 2 where the run was refused, 1 after a bug in the worker, else `otherwise`."""
    if failure is None:
        return otherwise
    return 2 if isinstance(failure, Refused) else 1


def glyphs_for(choice: str) -> Glyphs:
    """The glyphs of a choice; `auto` is everything where the terminal takes Unicode, else ASCII."""
    if choice != "auto":
        return "ascii" if choice == "ascii" else "braille"
    encoding = getattr(sys.__stderr__, "encoding", None) or "ascii"
    unicode = encoding.lower().replace("-", "").startswith("utf") and os.environ.get("TERM") not in {"linux", "dumb"}
    return "braille" if unicode else "ascii"


@contextmanager
def ends_by_signal(app: PeriodicApp, terminal: Terminal) -> Iterator[None]:
    """Let SIGTERM, SIGHUP and SIGINT end the app in good order, or without it where it does not answer in time; the
    session saves meanwhile."""

    watch = threading.Timer(DEADLINE, give_up, [terminal])
    watch.daemon = True

    def end(number: int, frame: FrameType | None) -> None:
        if watch.ident is None:
            watch.start()
            if app.child and number in (signal.SIGTERM, signal.SIGINT):
                app.child.send_signal(number)
            threading.Thread(target=app.stop_session, daemon=True).start()  # it may wait for what this thread holds
            app.interrupt(INTERRUPTED)

    names = ("SIGTERM", "SIGHUP", "SIGINT")
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in signals}
    try:
        yield
    finally:
        watch.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def give_up(terminal: Terminal) -> None:
    """Restore the terminal and leave, from whatever thread."""
    terminal.restore()
    leave(INTERRUPTED)


def leave(code: int) -> None:
    """End the process now, whatever its other threads are in."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
