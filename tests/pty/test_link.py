"""The real program on terminals that are slow, silent, deaf, or written to by others."""

import math
import signal
import sys
import time
from pathlib import Path

from tests.benchmarks.memory import megabytes, step_of
from tests.pty.link import LinkedTerminal, SilentTerminal, stray
from tests.pty.terminal import PATIENCE, Predicate, Terminal

PROGRAM = [sys.executable, "-m", "periodic_tui", "--engine", "eager"]
TAKEN = 65_536
"""Bytes that a program which never waits has had taken at most by a terminal that does not read: the kernel's own."""
STEPS = 5_000
"""Steps of training while the terminal is deaf."""
CTRL_L = "\x0c"


def in_header(word: str, is_there: bool = True) -> Predicate:
    return lambda rows: (word in rows[0]) is is_there


def test_a_paused_screen_sends_nothing() -> None:
    with Terminal([*PROGRAM, "--paused"]) as terminal:
        terminal.wait_for(in_header("paused"))
        terminal.wait_quiet(3.0)
        terminal.send("s")
        terminal.wait_for("step         1")
        terminal.wait_quiet(3.0)


def test_a_terminal_that_answers_nothing_is_no_slow_one_and_gets_every_answer_to_a_key() -> None:
    with SilentTerminal(PROGRAM) as terminal:
        terminal.wait_for(in_header("training"))
        for _ in range(3):
            terminal.send(" ")
            terminal.wait_for(in_header("paused"))
            terminal.send(" ")
            terminal.wait_for(in_header("paused", False))
        assert "slow line" not in terminal.screen()[0]
        terminal.send("q")
        assert terminal.wait_exit() == 0


def test_a_slow_line_is_said_to_be_one_while_it_is() -> None:
    with LinkedTerminal(PROGRAM, rate=3_000) as terminal:
        terminal.wait_for(in_header("slow line"))
        terminal.send(" ")
        terminal.wait_for(in_header("paused"))
        terminal.send(" ")
        terminal.rate = 3e6
        terminal.wait_for(in_header("slow line", False))
        terminal.send("q")
        assert terminal.wait_exit() == 0


def recorded(folder: Path) -> int:
    """The step of the newest picture in a recording."""
    return max((int(path.stem.split("-")[1]) for path in folder.glob("pictures/*-*.safetensors")), default=0)


def test_a_terminal_that_stops_reading_costs_training_and_memory_nothing_and_then_gets_the_whole_picture(
    tmp_path: Path,
) -> None:
    run = tmp_path / "run"
    with LinkedTerminal([*PROGRAM, "--record", str(run)]) as terminal:
        terminal.wait_for(lambda rows: step_of(rows) > 500)
        terminal.rate, sent = 0, len(terminal.raw_bytes)
        goal, memory = recorded(run) + STEPS, megabytes(terminal.process.pid)
        deadline = time.monotonic() + PATIENCE
        while recorded(run) < goal and time.monotonic() < deadline:
            time.sleep(0.1)
        assert recorded(run) >= goal
        assert megabytes(terminal.process.pid) < memory + 10
        terminal.rate = math.inf
        terminal.wait_for(lambda rows: step_of(rows) >= goal)
        assert len(terminal.raw_bytes) - sent < TAKEN
        assert_whole(terminal)


def assert_whole(terminal: Terminal) -> None:
    """What a paused program shows is what it would if it drew everything anew."""
    terminal.send(" ")
    terminal.wait_for(in_header("paused"))
    terminal.wait_quiet(1.5)
    screen, sent = terminal.screen(), len(terminal.raw_bytes)
    terminal.send(CTRL_L)
    terminal.wait_for(lambda rows: b"\x1b[2J" in terminal.raw_bytes[sent:])
    terminal.wait_quiet(1.5)
    assert terminal.screen() == screen


def test_a_signal_ends_it_also_where_the_terminal_does_not_read() -> None:
    with LinkedTerminal(PROGRAM) as terminal:
        terminal.wait_for(in_header("training"))
        terminal.rate = 0
        time.sleep(1.0)
        terminal.signal(signal.SIGTERM)
        assert terminal.process.wait(PATIENCE) == 130


def test_ctrl_l_draws_everything_anew_also_within_a_menu() -> None:
    with Terminal([*PROGRAM, "--paused"]) as terminal:
        terminal.wait_for(in_header("paused"))
        for menu, told in (("", "verdict"), ("l", "presets"), ("\x1b", "verdict"), (":", "command")):
            terminal.send(menu)
            terminal.wait_for(told)
            terminal.wait_quiet(1.5)
            screen = terminal.screen()
            stray(terminal, "Broadcast message from root")
            assert terminal.screen() != screen
            terminal.send(CTRL_L)
            terminal.wait_for(lambda rows, screen=screen: rows == screen)  # type: ignore[misc]  # bound in the loop
