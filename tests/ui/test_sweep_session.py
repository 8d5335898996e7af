"""A sweep as the worker of the app, with an engine that trains nothing."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from periodic_tui.engine.errors import Refused
from periodic_tui.sweeping.grid import Cell
from periodic_tui.sweeping.job import Job, Keep, Run
from periodic_tui.sweeping.store import Store
from periodic_tui.sweeping.sweep import Sweep
from periodic_tui.ui.session import Session
from periodic_tui.ui.sweep.session import SweepSession
from tests.ui.scripted import SINE, ScriptedSession
from tests.ui.swept import RATES, result, swept

PATIENCE = 60.0


class Scripted:
    """Ends one job, then waits until it is stopped, or goes on where it need not."""

    def __init__(self, waits: bool = False, failure: Exception | None = None) -> None:
        self.waits, self.failure = waits, failure

    def run(self, jobs: Sequence[Job], keep: Keep, stop: Event) -> Run:
        for job in jobs:
            if self.failure:
                raise self.failure
            keep(job, result(9))
            yield job, result(9)
            if self.waits:
                stop.wait(PATIENCE)
                return


class Running(ScriptedSession):
    """Runs until it is stopped, and saves then."""

    def __init__(self) -> None:
        super().__init__(SINE)
        self.stopped, self.saved = Event(), False

    def run(self) -> None:
        self.stopped.wait(PATIENCE)
        self.saved = True

    def stop(self) -> None:
        self.stopped.set()


class Shown:
    """Remembers what it is shown."""

    def __init__(self) -> None:
        self.heard = Event()
        self.opened: Session | Exception | None = None

    def __call__(self, opened: Session | Exception) -> bool:
        self.opened = opened
        self.heard.set()
        return True


def jobs_apart(sweep: Sweep) -> Sweep:
    """With a job of its own for each cell."""
    for place, cell in enumerate(sweep.jobs):
        sweep.jobs[cell] = Job({"training": {"seed": place}}, (), "eager", "")
    return sweep


def started(session: SweepSession) -> threading.Thread:
    thread = threading.Thread(target=session.run, daemon=True)
    thread.start()
    return thread


def woken(session: SweepSession) -> Event:
    wake = Event()
    session.on_wake = wake.set
    return wake


def session_of(folder: Path, engine: Scripted, run: Session | None = None) -> SweepSession:
    def opened(cell: Cell) -> Session:
        if run is None:
            raise Refused("no")
        return run

    return SweepSession(jobs_apart(swept(RATES)), "Three ReLUs", engine, Store(folder), opened)


def test_every_cell_is_told_and_those_on_the_disk_are_not_counted_as_trained(tmp_path: Path) -> None:
    for trained in (3, 0):
        session = session_of(tmp_path, Scripted())
        thread = started(session)
        while session.latest().state == "training":
            thread.join(0.01)
        session.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()
        progress = session.latest()
        assert (len(progress.endings), progress.trained, progress.state) == (3, trained, "finished")
        assert progress.left(3) is None


def test_it_ends_in_the_middle_and_waits_for_the_runs_that_were_opened(tmp_path: Path) -> None:
    run = Running()
    session = session_of(tmp_path, Scripted(waits=True), run)
    wake = woken(session)
    thread = started(session)
    assert wake.wait(PATIENCE)
    shown = Shown()
    session.open((1,), shown)
    assert shown.heard.wait(PATIENCE)
    assert not run.saved
    session.stop()
    thread.join(PATIENCE)
    assert run.saved
    assert len(session.latest().endings) == 1


def test_why_a_cell_cannot_be_opened_is_told(tmp_path: Path) -> None:
    shown = Shown()
    session_of(tmp_path, Scripted()).open((0,), shown)
    assert shown.heard.wait(PATIENCE)
    assert str(shown.opened) == "no"


def test_what_ends_it_is_kept(tmp_path: Path) -> None:
    session = session_of(tmp_path, Scripted(failure=Refused("the disk is full")))
    thread = started(session)
    while session.latest().state == "training":
        thread.join(0.01)
    session.stop()
    thread.join(PATIENCE)
    assert (session.latest().state, session.latest().reason) == ("failed", "the disk is full")
    assert isinstance(session.failure, Refused)
