import asyncio
import threading

import pytest

from periodic_tui.engine.errors import Refused
from periodic_tui.presets.builtin import Listed
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.launch import exit_code
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.session import Session
from tests.ui.scripted import SINE, ScriptedSession


@pytest.mark.parametrize(
    ("failure", "otherwise", "code"),
    [(None, 0, 0), (None, 130, 130), (ValueError("a bug"), 0, 1), (Refused("no such target"), 0, 2)],
)
def test_the_exit_code_tells_a_bug_from_bad_input(failure: BaseException | None, otherwise: int, code: int) -> None:
    assert exit_code(failure, otherwise) == code


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("late", [None, ImportError("no torch")])
def test_quitting_before_the_session_is_open_is_no_bug(late: Exception | None) -> None:
    opening, ended, trained = threading.Event(), threading.Event(), threading.Event()

    def open_session() -> tuple[Session, list[Listed]]:
        opening.set()
        ended.wait(10)
        if late:
            raise late
        session = ScriptedSession(SINE)
        vars(session)["run"] = trained.set
        return session, []

    app = PeriodicApp(Opening("sine-31", "", ""), open_session)

    async def run() -> None:
        async with app.run_test() as pilot:
            while not opening.is_set():
                await pilot.pause(0.01)

    asyncio.run(run())
    ended.set()
    app.worker.join()
    assert app.failure is late
    assert not trained.is_set()
