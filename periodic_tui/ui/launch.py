"""Opens the dashboard, and gives the terminal back whatever happens."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual import constants

from periodic_tui.engine.errors import Refused
from periodic_tui.ui.app import FindRecordings, FindScreen, OpenSession, PeriodicApp, dashboard_screen
from periodic_tui.ui.ending import ends_by_signal, leave
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.settings import Settings, drawing_on
from periodic_tui.ui.terminal.driver import TerminalDriver
from periodic_tui.ui.terminal.stray import Stray

if TYPE_CHECKING:
    from periodic_tui.ui.child import Child

DEAF = 0.5
"""Seconds that the worker has to save and to end in."""
SWITCH = 5e-4
"""Seconds for which a thread keeps the interpreter while another waits: from key to screen it changes hands often."""


def run_dashboard(
    opening: Opening,
    open_session: OpenSession,
    settings: Settings | None = None,
    recordings: FindRecordings = lambda: (),
    child: Child | None = None,
    find_screen: FindScreen = dashboard_screen,
) -> tuple[int, BaseException | None]:
    """Show a run until the user quits.

    Args:
        opening: what the first frame says.
        open_session: called in the worker thread, after the first frame.
        settings: how the user wants the screen; None: as it is built in, and nothing is remembered.
        recordings: finds what can be replayed, newest first.
        child: the script that is watched. SIGTERM and SIGINT are passed on to it; after SIGHUP it runs on.
        find_screen: called in the worker thread, too; imports the main screen.

    Returns:
        The exit code, 0, 1 after a bug, 2 if the run was refused, 130 after a signal; and what ended the worker, if
        anything did.
    """
    settings = settings or Settings()
    if constants.DRIVER is None:  # the terminal itself knows how large it is
        os.environ.pop("COLUMNS", None)
        os.environ.pop("LINES", None)
    drawing = drawing_on(getattr(sys.__stderr__, "encoding", None), os.environ, settings)
    app = PeriodicApp(
        opening, open_session, drawing, settings, recordings=recordings, child=child, find_screen=find_screen
    )
    sys.setswitchinterval(SWITCH)
    with ends_by_signal(app), prints_aside(app):
        app.run()
    return _ended(app)


def _ended(app: PeriodicApp) -> tuple[int, BaseException | None]:
    """The exit code, and what ended the worker; a worker that does not end is left."""
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


@contextmanager
def prints_aside(app: PeriodicApp) -> Iterator[None]:
    """Keep what is printed from the screen, where that is a terminal's."""
    if app.driver_class is not TerminalDriver:
        yield
        return
    stray = Stray()
    with stray.caught():
        app.catch(stray)
        yield
