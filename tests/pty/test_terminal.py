"""The harness itself, on programs whose behavior is known."""

import signal
import sys
import termios
from pathlib import Path

import pytest

from tests.pty.emulator import Emulator
from tests.pty.terminal import Terminal

APP = """
from textual.app import App, ComposeResult
from textual.events import Resize
from textual.widgets import Static

class Tiny(App[None]):
    BINDINGS = [("q", "quit"), ("g", "greet"), ("k", "kill")]

    def compose(self) -> ComposeResult:
        yield Static("ready", id="word")

    def on_resize(self, event: Resize) -> None:
        self.query_one("#word", Static).update(f"{event.size.width} by {event.size.height}")

    def action_greet(self) -> None:
        self.query_one("#word", Static).update("hello ⣿ 31")

    def action_kill(self) -> None:
        import os
        os._exit(3)

Tiny().run()
"""

QUERIES = r"""
import os, re, sys, termios, tty
before = termios.tcgetattr(0)
tty.setcbreak(0)
sys.stdout.write("ab\x1b[5;7H\x1b[6n\x1b[?2026$p\x1b[?2048$p\x1b[c")
sys.stdout.flush()
answers = b""
while not answers.endswith(b"c"):
    answers += os.read(0, 100)
termios.tcsetattr(0, termios.TCSANOW, before)
print(repr(answers))
"""


def python(script: str) -> list[str]:
    return [sys.executable, "-c", script]


def test_a_line_comes_back_from_cat() -> None:
    with Terminal(["cat"], columns=20, rows=5) as terminal:
        terminal.send("31\n")
        terminal.wait_for(lambda rows: [row.rstrip() for row in rows[:2]] == ["31", "31"])
        terminal.send("\x04")
        assert terminal.wait_exit() == 0
        assert terminal.raw_bytes == b"31\r\n31\r\n"
        assert terminal.unrestored() == []


def test_the_program_has_a_terminal_of_its_own() -> None:
    with Terminal(["sh", "-c", "tty; test -t 0 && test -t 1 && test -t 2; echo $?; stty size </dev/tty"], 77, 11) as t:
        assert t.wait_exit() == 0
        name, is_terminal, size = (row.strip() for row in t.screen()[:3])
    assert name.startswith("/dev/")
    assert (is_terminal, size) == ("0", "11 77")


def test_changed_attributes_are_noticed() -> None:
    with Terminal(["stty", "-echo"]) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == ["the line's attributes (termios) differ"]
        assert not termios.tcgetattr(terminal.master)[3] & termios.ECHO


def test_queries_are_answered() -> None:
    with Terminal(python(QUERIES)) as terminal:
        assert terminal.wait_exit() == 0
        assert repr(b"\x1b[5;7R\x1b[?2026;2$y\x1b[?2048;0$y\x1b[?6c") in "".join(terminal.screen())
        assert terminal.unrestored() == []


def test_a_tiny_app_lives_and_leaves_no_trace() -> None:
    with Terminal(python(APP)) as terminal:
        terminal.wait_for("120 by 40")
        terminal.send("g")
        terminal.wait_for("hello ⣿ 31")
        terminal.resize(81, 25)
        terminal.wait_for("81 by 25")
        assert {"the alternate screen is on", "the cursor is hidden"} <= set(terminal.unrestored())
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert b"\x1b[?1049h" in terminal.raw_bytes
        assert terminal.unrestored() == []


def test_an_app_that_dies_leaves_traces() -> None:
    with Terminal(python(APP)) as terminal:
        terminal.wait_for("120 by 40")
        terminal.send("k")
        assert terminal.wait_exit() == 3
        left = terminal.unrestored()
    assert "the alternate screen is on" in left
    assert "the cursor is hidden" in left
    assert "the mouse is reported" in left
    assert "pastes are bracketed" in left
    assert "the line's attributes (termios) differ" in left


def test_a_signal_reaches_the_program() -> None:
    with Terminal(["cat"]) as terminal:
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == -signal.SIGTERM


def test_waiting_in_vain_shows_the_screen() -> None:
    with Terminal(["cat"]) as terminal:
        terminal.send("thirty-one")
        terminal.wait_for("thirty-one")
        with pytest.raises(AssertionError, match=r"(?s)'32' did not come .*thirty-one"):
            terminal.wait_for("32", seconds=0.1)


def test_waiting_ends_with_the_program(tmp_path: Path) -> None:
    with Terminal(["true"], cwd=tmp_path) as terminal, pytest.raises(AssertionError, match="the program ended"):
        terminal.wait_for("32", seconds=60)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_sequences_cut_anywhere_show_the_same(size: int) -> None:
    shown = "\x1b[?1049h\x1b[>1u\x1b[38;2;1;2;3mω = 31\x1b[0m\x1b[?2026$p\x1bP>|name\x1b\\!\x1b]0;title\x07?\x1b[<u"
    data = shown.encode()
    answers: list[str] = []
    emulator = Emulator(20, 2, answers.append)
    for start in range(0, len(data), size):
        emulator.feed(data[start : start + size])
    assert emulator.display[0].rstrip() == "ω = 31!?"
    assert emulator.title == "title"
    assert answers == ["\x1b[?2026;2$y"]
    assert emulator.unrestored() == ["the alternate screen is on"]
