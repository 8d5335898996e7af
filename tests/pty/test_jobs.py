"""The dashboard as a job of a shell: stopped and continued in every way there is (textual #6298)."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.pty.small import SHELL, SMALL, in_shell, is_up
from tests.pty.terminal import Predicate, Terminal

PROMPT = {"PS1": "$ "}
OPENS = b"\x1b[?1049h"


@contextmanager
def job(folder: Path) -> Iterator[tuple[Terminal, int]]:
    """A shell in whose foreground the dashboard is, and the dashboard's process. All its queries are answered."""
    with Terminal(SHELL, env=PROMPT) as terminal:
        process = in_shell(terminal, folder)
        terminal.wait_quiet(0.5)
        yield terminal, process


def at_prompt(rows: list[str]) -> bool:
    return any(row.rstrip() == "$" for row in rows)


def without(text: str) -> Predicate:
    """Whether no row of a screen has that."""
    return lambda rows: not any(text in row for row in rows)


def stopped(terminal: Terminal) -> list[str]:
    """Wait for the shell's word that the job is stopped, and its prompt; what is not as the shell had it."""
    terminal.wait_for(lambda rows: "\n$" in "\n".join(rows).partition("Stopped")[2])
    return terminal.unrestored()


def comes_back(terminal: Terminal) -> None:
    opens_anew(terminal, lambda: terminal.send("fg\r"))


def opens_anew(terminal: Terminal, act: Callable[[], object]) -> None:
    """It opens its screen, on which it may be seen already where it was stopped without a word. What is typed while it
    has given the terminal back is not for it."""
    opened = terminal.raw_bytes.count(OPENS)
    act()
    terminal.wait_for(lambda rows: terminal.raw_bytes.count(OPENS) > opened and is_up(rows))


def quits(terminal: Terminal) -> None:
    """It hears keys, and leaves the terminal as it was."""
    terminal.send("?")
    terminal.wait_for("─ help")
    terminal.send("\x1b")
    terminal.wait_for(lambda rows: not any("─ help" in row for row in rows))
    terminal.send("q")
    terminal.wait_for(at_prompt)
    assert terminal.unrestored() == []
    assert b"Traceback" not in terminal.raw_bytes


def test_ctrl_z_thirty_times_under_a_flood_of_the_mouse(tmp_path: Path) -> None:
    over = threading.Event()
    moves = random.Random(31)

    def flood() -> None:
        while not over.is_set():
            for _ in range(20):
                terminal.report(f"\x1b[<35;{moves.randint(1, 120)};{moves.randint(1, 40)}M", 1003)
            time.sleep(0.005)

    with job(tmp_path) as (terminal, _):
        mouse = threading.Thread(target=flood)
        mouse.start()
        try:
            for _ in range(30):
                terminal.send("\x1a")
                assert stopped(terminal) == []
                assert not any("35;" in row for row in terminal.screen())
                comes_back(terminal)
        finally:
            over.set()
            mouse.join()
        quits(terminal)


def test_ctrl_z_in_a_menu_comes_back_to_the_menu(tmp_path: Path) -> None:
    with job(tmp_path) as (terminal, _):
        for key, shown in (("?", "─ help"), ("l", "─ presets"), ("f", "─ remedies")):
            terminal.send(key)
            terminal.wait_for(shown)
            terminal.send("\x1a")
            assert stopped(terminal) == []
            terminal.send("fg\r")
            terminal.wait_for(shown)
            terminal.send("\x1b")
            terminal.wait_for(without(shown))
        quits(terminal)


@pytest.mark.parametrize("after", [0.0, 0.1, 0.2, 0.3])
def test_ctrl_z_in_the_first_moments(after: float) -> None:
    with Terminal(SHELL, env=PROMPT) as terminal:
        terminal.wait_for(at_prompt)
        terminal.send(f"sh -c 'echo begun; exec {' '.join(SMALL)}'\r")
        terminal.wait_for(lambda rows: any(row.rstrip() == "begun" for row in rows))
        time.sleep(after)
        terminal.send("\x1a")
        assert stopped(terminal) == []
        comes_back(terminal)
        quits(terminal)


def test_sigtstp_from_outside_is_ctrl_z(tmp_path: Path) -> None:
    with job(tmp_path) as (terminal, process):
        os.kill(process, signal.SIGTSTP)
        assert stopped(terminal) == []
        comes_back(terminal)
        quits(terminal)


def test_sigstop_from_outside_then_fg(tmp_path: Path) -> None:
    with job(tmp_path) as (terminal, process):
        os.kill(process, signal.SIGSTOP)
        stopped(terminal)
        comes_back(terminal)
        quits(terminal)


def test_continued_in_the_background_it_leaves_the_shell_its_terminal(tmp_path: Path) -> None:
    with job(tmp_path) as (terminal, process):
        os.kill(process, signal.SIGSTOP)
        stopped(terminal)
        os.kill(process, signal.SIGCONT)
        terminal.wait_for(lambda rows: terminal.unrestored() == [])
        terminal.send("echo $((30 + 1)) !\r")
        terminal.wait_for("31 !")
        comes_back(terminal)
        quits(terminal)


def test_bg_goes_on_without_a_screen_and_fg_brings_it_back(tmp_path: Path) -> None:
    with job(tmp_path) as (terminal, process):
        terminal.send("\x1a")
        assert stopped(terminal) == []
        terminal.send("bg\r")
        terminal.send("echo $((30 + 1)) !\r")
        terminal.wait_for("31 !")
        assert "T (stopped)" not in Path(f"/proc/{process}/status").read_text()
        assert terminal.unrestored() == []
        comes_back(terminal)
        quits(terminal)


def test_without_a_shell_sigstop_and_sigcont_change_nothing_and_ctrl_z_does_not_stop() -> None:
    """As in a container, or as a scheduler suspends a job."""
    with Terminal(SMALL) as terminal:
        terminal.wait_for(is_up)
        for _ in range(3):
            terminal.signal(signal.SIGSTOP)
            os.waitpid(terminal.process.pid, os.WUNTRACED)
            opens_anew(terminal, lambda: terminal.signal(signal.SIGCONT))
            opens_anew(terminal, lambda: terminal.send("\x1a"))
        terminal.send("?")
        terminal.wait_for("─ help")
        terminal.send("\x1b")
        terminal.wait_for(without("─ help"))
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
