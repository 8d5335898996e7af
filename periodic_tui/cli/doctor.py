"""`doctor`: what works on this machine, and what to do about the rest."""

import os
import shutil
import sys
from collections.abc import Iterator

from periodic_tui.cli.command import command
from periodic_tui.cli.say import say
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load


@command("doctor")
def doctor() -> None:
    """Report torch, device, compiler, engine cache, terminal; measure the engines."""
    for what, found in _terminal():
        _tell(what, found)
    from periodic_tui.engine.doctor import findings

    for what, found in findings(*load(BUILT_IN[0], [])):
        _tell(what, found)


def _tell(what: str, found: str) -> None:
    say(f"{what:20}{found}")


def _terminal() -> Iterator[tuple[str, str]]:
    size = shutil.get_terminal_size()
    is_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    yield "terminal", f"{size.columns}×{size.lines}" if is_terminal else "none; the dashboard needs one"
    encoding = sys.__stderr__.encoding if sys.__stderr__ else "ascii"
    unicode = encoding.lower().replace("-", "").startswith("utf")
    yield "glyphs", f"braille, {encoding}" if unicode else f"ascii, {encoding}; set LANG to a UTF-8 locale for braille"
    yield "colors", _colors()


def _colors() -> str:
    if os.environ.get("NO_COLOR"):
        return "none, because of NO_COLOR"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "16 million"
    return "256" if "256" in os.environ.get("TERM", "") else "16; set TERM=xterm-256color if the terminal can more"
