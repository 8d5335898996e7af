"""The dashboard in odd terminals and odd environments: it works, and `doctor` says of each what the dashboard does."""

import os
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.pty.small import SMALL, is_up
from tests.pty.terminal import Terminal

DOCTOR = [sys.executable, "-c", "from periodic_tui.cli import doctor; [doctor._tell(*it) for it in doctor._terminal()]"]
ASCII, BLOCK, BRAILLE = "ascii", "block", "braille"
POSIX = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def in_sh(line: str) -> list[str]:
    """A line of a shell, with `it` for the program."""
    return ["sh", "-c", line.replace("it", " ".join(SMALL))]


def shown(command: Sequence[str], env: dict[str, str] | None = None) -> tuple[str, str, tuple[int, int]]:
    """The glyphs and the colors that are seen, and the size of what is drawn; it is quit cleanly."""
    with Terminal(command, env={"COLORTERM": ""} | (env or {})) as terminal:
        terminal.wait_for(is_up)
        terminal.wait_for(lambda rows: any("q quit" in row for row in rows))
        rows = [row.rstrip() for row in terminal.screen()]
        terminal.send("q")
        assert terminal.wait_exit() == 0
        assert terminal.unrestored() == []
        height = 1 + max(number for number, row in enumerate(rows) if row)
        text = "".join(rows)
        glyphs = ASCII if text.isascii() else BRAILLE if re.search("[\u2801-\u28ff]", text) else BLOCK
        return glyphs, colors(terminal.raw_bytes), (max(map(len, rows)), height)


def colors(written: bytes) -> str:
    """Of the most colorful sequence."""
    looks = b" ".join(b";%b;" % look for look in re.findall(rb"\x1b\[([\d;]*)m", written))
    if re.search(rb";[34]8;2;", looks):
        return "16 million"
    if re.search(rb";[34]8;5;", looks):
        return "256"
    return "16" if re.search(rb";(3[0-7]|4[0-7]|9[0-7]|10[0-7]);", looks) else "none"


def doctor(env: dict[str, str]) -> dict[str, str]:
    with Terminal(DOCTOR, env={"COLORTERM": ""} | env) as terminal:
        assert terminal.wait_exit() == 0
        return {row[:20].strip(): row[20:].strip() for row in terminal.screen() if row.strip()}


@pytest.mark.parametrize(
    ("env", "glyphs", "depth"),
    [
        ({"TERM": ""}, BRAILLE, "16"),
        ({"TERM": "dumb"}, ASCII, "none"),
        ({"TERM": "linux"}, BLOCK, "16"),
        ({"TERM": "screen"}, BRAILLE, "16"),
        ({"TERM": "xterm-256color"}, BRAILLE, "256"),
        ({"TERM": "xterm-kitty"}, BRAILLE, "16 million"),
        ({"TERM": "xterm-direct"}, BRAILLE, "16 million"),
        ({"NO_COLOR": "1"}, BRAILLE, "none"),
        ({"PYTHONIOENCODING": "ascii:strict"}, ASCII, "256"),
        (POSIX, ASCII, "256"),
    ],
    ids=str,
)
def test_doctor_and_dashboard_agree(env: dict[str, str], glyphs: str, depth: str) -> None:
    found = doctor(env)
    assert shown(SMALL, env)[:2] == (glyphs, depth)
    assert found["glyphs"].startswith(glyphs)
    assert found["colors"].startswith(depth)
    assert found["terminal"] == "120×40"


@pytest.mark.parametrize("env", [{"COLUMNS": "0", "LINES": "0"}, {"COLUMNS": "20", "LINES": "9"}], ids=str)
def test_the_terminal_itself_says_how_large_it_is(env: dict[str, str]) -> None:
    assert shown(SMALL, env)[2] == (120, 40)


def test_a_terminal_that_knows_no_size_has_the_usual_one() -> None:
    assert shown(in_sh("stty rows 0 cols 0; it"))[2] == (80, 24)


@pytest.mark.parametrize("line", ["it 2>err.log", "it >err.log", "it >err.log 2>&1"])
def test_the_screen_is_the_terminal_s_wherever_the_output_goes(line: str, tmp_path: Path) -> None:
    """Textual #4420, #5531."""
    log = tmp_path / "err.log"
    assert shown(in_sh(line.replace("err.log", str(log))))[0] == BRAILLE
    assert log.read_text() == ""


def test_without_a_terminal_it_says_so() -> None:
    with Terminal(in_sh(f"{sys.executable} -m periodic_tui </dev/null; echo code $?")) as terminal:
        terminal.wait_for("code 2")
        assert "the dashboard needs a terminal" in "".join(terminal.screen())


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs to be root")
def test_a_user_without_an_account_and_a_home() -> None:
    user = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"]
    reads = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]  # the interpreter, wherever it is
    nameless = ["env", *(word for name in ("HOME", "USER", "LOGNAME") for word in ("-u", name))]
    assert shown([*user, *reads, *nameless, *SMALL], {"PYTHONDONTWRITEBYTECODE": "1"})[0] == BRAILLE
