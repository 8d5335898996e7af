"""What is printed while the screen is on: it never touches the screen, is counted, and can be read."""

import re
import sys
from pathlib import Path

import pytest

from tests.pty.small import SMALL, is_up
from tests.pty.terminal import Terminal

PRINTS = r"""
import os, sys, warnings
print("by Python")
warnings.warn("a warning")
os.write(1, b"native on 1\n")
os.write(2, b"native \x1b[2J\x1b[31mon 2\n")
os.system("echo a child")
if os.fork() == 0:
    print("a fork", flush=True)
    os._exit(0)
"""
FLOOD = "import os\nfor n in range(40_000): os.write(2, b'x' * 99 + b'\\n')\nos.write(2, b'the last\\n')"


def caught(terminal: Terminal, least: int) -> None:
    """Wait until the last row counts so many messages."""
    terminal.wait_for(lambda rows: any(f"! {least:,} messages" in row for row in rows))


def test_nothing_that_is_printed_touches_the_screen_and_all_can_be_read() -> None:
    with Terminal([*SMALL, PRINTS]) as terminal:
        terminal.wait_for(is_up)
        caught(terminal, 6)
        terminal.send("!")
        for line in ("by Python", "UserWarning: a warning", "native on 1", "native on 2", "a child", "a fork"):
            terminal.wait_for(f"printed: {line}" if "Warning" not in line else line)
        assert b"\x1b[31m" not in terminal.raw_bytes
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []


@pytest.mark.parametrize(
    ("redirected", "told", "silent"), [("2>", "native", "by Python"), (">", "by Python", "a warning")]
)
def test_what_goes_to_a_file_goes_there_as_well(tmp_path: Path, redirected: str, told: str, silent: str) -> None:
    log = tmp_path / "log"
    code = tmp_path / "code.py"
    code.write_text(PRINTS)
    run = f"{' '.join(SMALL)} \"exec(open('{code}').read())\" {redirected}{log}"
    with Terminal(["sh", "-c", run]) as terminal:
        terminal.wait_for(is_up)
        caught(terminal, 6)
        terminal.send("q")
        assert terminal.wait_exit() == 0
    assert told in log.read_text()
    assert silent not in log.read_text()


def test_a_flood_costs_no_memory_and_no_key() -> None:
    with Terminal([*SMALL, FLOOD]) as terminal:
        caught(terminal, 40_001)
        terminal.send("!")
        terminal.wait_for("printed: the last")
        status = Path(f"/proc/{terminal.process.pid}/status").read_text()
        assert int(status.partition("VmHWM:")[2].split()[0]) < 200_000
        terminal.send("q")
        assert terminal.wait_exit() == 0


CRASHES = """
import sys
from periodic_tui.ui.dashboard import Dashboard
def fail(*_): raise ZeroDivisionError("planted")
Dashboard.action_zoom_pane = fail
from tests.pty.small import main
sys.exit(main())
"""


@pytest.mark.parametrize("redirected", [False, True])
def test_a_crash_of_ours_is_told_where_errors_go(tmp_path: Path, redirected: bool) -> None:
    program, log = tmp_path / "crashes.py", tmp_path / "err.log"
    program.write_text(CRASHES)
    run = f"PYTHONPATH=. {sys.executable} {program}" + f" 2>{log}" * redirected
    with Terminal(["sh", "-c", run]) as terminal:
        terminal.wait_for(is_up)
        terminal.send("z")
        assert terminal.wait_exit() == 1
        assert terminal.unrestored() == []
        told = log.read_text() if redirected else terminal.raw_bytes.rpartition(b"\x1b[?1049l")[2].decode()
    assert "ZeroDivisionError: planted" in re.sub(r"\x1b\[[\d;]*m", "", told)
