"""How the dashboard ends: by q at any moment, by signals, by the end of its terminal; what it leaves to the shell."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pty.small import SHELL, SMALL, in_shell, is_up
from tests.pty.terminal import PATIENCE, ROOT, Terminal

PROGRAM = [sys.executable, "-m", "periodic_tui", "--engine", "eager", "--no-record"]


@pytest.mark.parametrize("after", [0.0, 0.1, 0.2, 0.4])
def test_q_in_the_first_moments(after: float) -> None:
    with Terminal(PROGRAM) as terminal:
        time.sleep(after)
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw_bytes


@pytest.mark.parametrize("keys", ["\x03q", "?q", "lq", "fq", ":q", "\x10q", "zq", "\x1a\x03?\x1aq"])
def test_q_in_the_frame_in_which_something_opens(keys: str) -> None:
    """A toast, a menu, a line of input, the palette; q is for some of them, and another one ends it."""
    with Terminal(SMALL) as terminal:
        terminal.wait_for(is_up)
        terminal.send(keys)
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw_bytes


@pytest.mark.parametrize("late", [0.0, 0.4])
@pytest.mark.parametrize("quits", ["at once", "when it is up"])
def test_answers_of_a_slow_terminal_are_not_left_for_the_shell(late: float, quits: str) -> None:
    with Terminal(SHELL, env={"PS1": "$ "}, late=late) as terminal:
        terminal.wait_for("$")
        terminal.send(" ".join(SMALL) + "\r")
        terminal.wait_for(is_up if quits == "when it is up" else lambda rows: b"\x1b[?2026$p" in terminal.raw_bytes)
        terminal.send("q")
        terminal.wait_for(lambda rows: rows[-1].strip() == "" and any(row.rstrip() == "$" for row in rows))
        terminal.wait_quiet(0.6)
        terminal.send("echo $((30 + 1)) !\r")
        terminal.wait_for("31 !")
        assert not re.search(r"\$ *\S*(\^\[|\[\?|;\d+\$y|\dc)", "\n".join(terminal.screen()))
        assert terminal.unrestored() == []


BEGINS = """
import os, sys
from periodic_tui import cli
sys.argv = ["periodic-tui", "--engine", "eager", "--no-record"]
first = cli.misspelled
cli.misspelled = lambda word: (os.write(1, b"!"), first(word))[1]
cli.main()
"""
"""Says when the program begins: the interpreter itself has a traceback for whoever interrupts its start."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("after", [0.0, 0.02, 0.05, 0.2, 0.5, 1.0])
def test_a_signal_in_the_first_second_ends_it_without_a_word(after: float, number: signal.Signals) -> None:
    with Terminal([sys.executable, "-c", BEGINS]) as terminal:
        terminal.wait_for("!")
        time.sleep(after)
        terminal.signal(number)
        assert terminal.wait_exit() in (130, -number)
        assert terminal.unrestored() == []
        assert "".join(terminal.screen()).strip() in ("", "!")


def test_a_second_interruption_while_it_ends_gets_no_traceback() -> None:
    with Terminal(SMALL) as terminal:
        terminal.wait_for(is_up)
        for _ in range(20):
            with suppress(ProcessLookupError):
                terminal.signal(signal.SIGINT)
            time.sleep(0.02)
        assert terminal.wait_exit() in (130, -signal.SIGINT)
        assert terminal.unrestored() == []
        assert b"Traceback" not in terminal.raw_bytes


def without_terminal(sighup_ignored: bool) -> tuple[subprocess.Popen[bytes], int]:
    """The dashboard in a terminal, once it is up; the terminal's other end."""

    def begin() -> None:
        os.login_tty(slave)
        if sighup_ignored:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    master, slave = pty.openpty()
    process = subprocess.Popen(SMALL, preexec_fn=begin, cwd=ROOT, env=os.environ | {"TERM": "xterm-256color"})
    os.close(slave)
    seen = b""
    while b"paused" not in seen:
        seen += os.read(master, 1 << 16)
    return process, master


@pytest.mark.parametrize("sighup_ignored", [False, True])
@pytest.mark.parametrize("stopped", [False, True])
def test_where_the_terminal_is_closed_nothing_goes_on(sighup_ignored: bool, stopped: bool) -> None:
    """Also where nobody says so, or the process goes on only then (textual #6690)."""
    process, master = without_terminal(sighup_ignored)
    try:
        if stopped:
            process.send_signal(signal.SIGSTOP)
        os.close(master)
        process.send_signal(signal.SIGCONT)
        assert process.wait(PATIENCE) in (130, -signal.SIGHUP)
    finally:
        process.kill()
        process.wait()


def test_sighup_followed_by_sigcont_ends_it_as_shells_do_it() -> None:
    with Terminal(SMALL) as terminal:
        terminal.wait_for(is_up)
        terminal.signal(signal.SIGHUP)
        with suppress(ProcessLookupError):
            terminal.signal(signal.SIGCONT)
        assert terminal.wait_exit() == 130
        assert terminal.unrestored() == []


def test_a_job_in_the_background_ends_with_its_terminal(tmp_path: Path) -> None:
    with Terminal(SHELL, env={"PS1": "$ "}) as terminal:
        process = in_shell(terminal, tmp_path)
        terminal.send("\x1a")
        terminal.wait_for("Stopped")
        terminal.send("bg; disown; exit\r")
        terminal.wait_exit()
    deadline = time.monotonic() + PATIENCE
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
