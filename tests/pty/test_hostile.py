"""A stranger's table and script in a real terminal: nothing of theirs commands it, and nothing is displaced."""

import csv
import re
import sys
from pathlib import Path

import pytest

from tests.hostile import HOSTILE, PIECES
from tests.pty.terminal import ROOT, Terminal

PROGRAM = [sys.executable, "-m", "periodic_tui"]
NAME = HOSTILE.translate({0: None, ord("/"): None, 0xD800: 0xDC80})[:60]
THEIRS = re.compile(rb"\x1b\][02];owned|\x1b\]52|\x1b\[2J\x1b\[31m|\x9b31m|\xc2\x9b31m|\xe2\x80\xae|\xe2\x80[\x8b\x8d]")
"""Title, clipboard, a cleared screen, colors, and what turns a line round or joins characters."""
SCRIPT = f"""
import sys, time
sys.stdout.reconfigure(errors="surrogatepass")
print({HOSTILE!r}, flush=True)
print("said it", flush=True)
time.sleep(60)
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONPATH": str(ROOT)}


def undisturbed(terminal: Terminal) -> None:
    """Its boxes are closed at the right, and what the program sent held none of the stranger's commands."""
    rows = [row for row in terminal.screen() if row.startswith(("╭", "│", "╰"))]
    assert rows
    assert {row.rstrip()[-1] for row in rows} <= set("╮│╯▎▊"), "\n".join(terminal.screen())
    assert {len(row.rstrip()) for row in rows} == {terminal.emulator.columns}
    assert THEIRS.search(terminal.raw_bytes) is None


def test_a_strangers_table_is_trained_on_as_any_other(tmp_path: Path, env: dict[str, str]) -> None:
    names = [f"{piece.strip()}{number}" for number, piece in enumerate(PIECES) if not {"\ud800", "\0"} & set(piece)]
    with (tmp_path / f"{NAME}.csv").open("w", newline="") as file:
        csv.writer(file).writerows([names, *([row * place for place in range(len(names))] for row in range(9))])
    with Terminal([*PROGRAM, f"./{NAME}.csv", "--engine", "eager"], 100, 32, env, tmp_path) as terminal:
        terminal.wait_for("verdict")
        undisturbed(terminal)
        terminal.send("?")
        terminal.wait_for("─ help")
        terminal.send("\x11")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
        assert THEIRS.search(terminal.raw_bytes) is None


def test_a_strangers_script_prints_into_its_pane_alone(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / f"{NAME}.py").write_text(SCRIPT)
    with Terminal([*PROGRAM, "watch", f"./{NAME}.py"], 100, 32, env, tmp_path) as terminal:
        terminal.wait_for("said it")
        undisturbed(terminal)
        terminal.send("q")
        terminal.wait_for("let it run on")
        terminal.send("e")
        terminal.wait_exit()
        assert terminal.unrestored() == []
        assert THEIRS.search(terminal.raw_bytes) is None
