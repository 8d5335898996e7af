"""A sweep as the worker of the app: it trains cells until the user quits, and runs those that are opened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

from periodic_tui.sweeping.grid import Cell
from periodic_tui.sweeping.job import Engine
from periodic_tui.sweeping.result import Ending
from periodic_tui.sweeping.store import Store
from periodic_tui.sweeping.sweep import Finished, Sweep
from periodic_tui.ui.session import Session
from periodic_tui.ui.sweep.progress import Progress, State

APART = 0.1
"""Seconds between two calls that wake the screen, where results come faster."""

OpenCell = Callable[[Cell], Session]
"""Makes the session, not yet running, of one cell's ordinary run. Raises Refused or PresetError."""


class SweepSession:
    """`run` is the body of the app's worker thread; all else is called from the screen's."""

    def __init__(self, sweep: Sweep, title: str, engine: Engine, store: Store, open_cell: OpenCell) -> None:
        """`title`: the preset's."""
        self.sweep, self.title = sweep, title
        self.failure: BaseException | None = None
        self.on_wake: Callable[[], None] = lambda: None
        self.trained = 0
        self._engine, self._store, self._open_cell = engine, store, open_cell
        self._endings: dict[Cell, Ending] = {}
        self._state: State = "training"
        self._began, self._ended, self._due = time.monotonic(), 0.0, 0.0
        self._stopped = threading.Event()
        self._runs: dict[threading.Thread, Session] = {}
        self._lock = threading.Lock()

    def latest(self) -> Progress:
        """How far it has come."""
        with self._lock:
            endings = dict(self._endings)
        seconds = (self._ended or time.monotonic()) - self._began
        return Progress(endings, self.trained, seconds, self._state, str(self.failure) if self.failure else "")

    def run(self) -> None:
        """Train every cell; then wait until it is stopped, and for the runs that were opened to save."""
        self._began = time.monotonic()
        try:
            with closing(self.sweep.results(self._engine, self._store, self._stopped)) as results:
                for finished in results:
                    self._enter(finished)
            self._state = "finished"
        except BaseException as failure:
            self.failure, self._state = failure, "failed"
        self._ended = time.monotonic()
        self.on_wake()
        self._stopped.wait()
        for thread in list(self._runs):
            thread.join()

    def _enter(self, finished: Finished) -> None:
        with self._lock:
            self._endings[finished.cell] = finished.ending
        self.trained += not finished.stored
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + APART
            self.on_wake()

    def open(self, cell: Cell, show: Callable[[Session | Exception], bool]) -> None:
        """Run one cell by itself in a thread of its own, which tells `show` of its session before that runs, or of why
        there is none."""
        thread = threading.Thread(target=self._run_cell, args=(cell, show), name="cell", daemon=True)
        thread.start()

    def _run_cell(self, cell: Cell, show: Callable[[Session | Exception], bool]) -> None:
        try:
            session = self._open_cell(cell)
        except Exception as failure:
            show(failure)
            return
        self._runs[threading.current_thread()] = session
        if not self._stopped.is_set() and show(session):
            session.run()
        del self._runs[threading.current_thread()]

    def stop(self) -> None:
        """End the sweep and every run that was opened; from any thread."""
        self._stopped.set()
        for session in list(self._runs.values()):
            session.stop()
