"""The dashboard on a script, in a real pseudo-terminal: its output, its end, and the ways to leave it."""

import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pty.terminal import PATIENCE, ROOT, Terminal

WATCH = [sys.executable, "-m", "periodic_tui", "watch"]
RUNS_ON = """
    import os, time
    print("process", os.getpid(), flush=True)
    open("pid", "w").write(str(os.getpid()))
    for n in range(6_000):
        open("count", "w").write(str(n))
        time.sleep(0.05)
"""
FAILS = """
    import sys
    print("\\x1b[31mloading\\x1b[0m\\rloaded ", flush=True)
    sys.exit(3)
"""
SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def going_on(tmp_path: Path) -> Iterator[Callable[[], bool]]:
    """Whether the script is alive; it is killed in the end."""

    def alive() -> bool:
        before = (tmp_path / "count").read_text()
        time.sleep(0.5)
        return (tmp_path / "count").read_text() != before

    yield alive
    if (tmp_path / "pid").exists():
        with suppress(ProcessLookupError):
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def watched(tmp_path: Path, env: dict[str, str], text: str, columns: int = 80, rows: int = 24) -> Terminal:
    (tmp_path / "train.py").write_text(textwrap.dedent(text))
    return Terminal([*WATCH, "train.py"], columns, rows, env, tmp_path)


def ends(alive: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while alive() and time.monotonic() < deadline:
        pass
    return not alive()


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_script_that_fails_is_told_and_stays_on_the_screen(
    tmp_path: Path, env: dict[str, str], columns: int, rows: int
) -> None:
    with watched(tmp_path, env, FAILS, columns, rows) as terminal:
        terminal.wait_for("exit code 3")
        terminal.wait_for("● finished")
        terminal.wait_for("loaded")
        terminal.send("i")
        terminal.wait_for("a script is only watched")
        terminal.send("q")
        assert terminal.wait_exit() == 3
        assert "train.py: failed" in " ".join(terminal.screen())
        assert terminal.unrestored() == []


def test_a_script_is_ended_from_its_dashboard_and_the_shell_is_clean(
    tmp_path: Path, env: dict[str, str], going_on: Callable[[], bool]
) -> None:
    with watched(tmp_path, env, RUNS_ON) as terminal:
        terminal.wait_for("Waiting for the script's first step")
        terminal.wait_for("process ")
        terminal.send("\x03")
        terminal.wait_for("press q to quit")
        terminal.send("q")
        terminal.wait_for("let it run on")
        terminal.send("\x1b")
        terminal.wait_for(lambda rows: not any("let it run on" in row for row in rows))
        assert going_on()
        terminal.send("qe")
        assert terminal.wait_exit() == 128 + signal.SIGINT
        assert terminal.unrestored() == []
    assert not going_on()


def test_it_runs_on_where_that_is_chosen(tmp_path: Path, env: dict[str, str], going_on: Callable[[], bool]) -> None:
    with watched(tmp_path, env, RUNS_ON) as terminal:
        terminal.wait_for("process ")
        terminal.send("ql")
        assert terminal.wait_exit() == 0
        told = " ".join(row.strip() for row in terminal.screen())
        assert "train.py goes on" in told
        assert terminal.unrestored() == []
    assert going_on()
    [run] = [each.name for each in (tmp_path / "state" / "periodic-tui" / "runs").iterdir()]
    with Terminal([*WATCH[:-1], "replay", run], 80, 24, env, tmp_path) as terminal:
        terminal.wait_for("process ")
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)
        terminal.wait_for("● finished")
        terminal.send("q")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize(("number", "goes_on"), [(signal.SIGHUP, True), (signal.SIGTERM, False)])
def test_where_the_terminal_closes_the_script_runs_on_and_sigterm_ends_both(
    tmp_path: Path, env: dict[str, str], going_on: Callable[[], bool], number: signal.Signals, goes_on: bool
) -> None:
    with watched(tmp_path, env, RUNS_ON) as terminal:
        terminal.wait_for("process ")
        terminal.signal(number)
        terminal.wait_exit()
        assert terminal.unrestored() == []
    assert going_on() if goes_on else ends(going_on)
