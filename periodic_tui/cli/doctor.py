"""`doctor`: what works on this machine, and what to do about the rest."""

import os
import shlex
import sys
from collections.abc import Iterator

from periodic_tui.cli.command import NAME, command
from periodic_tui.cli.config import ConfigError, config_path, read
from periodic_tui.cli.say import say
from periodic_tui.engine.plural import counted
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from periodic_tui.ui.terminal.abilities import Abilities, ColorDepth, abilities, is_unicode
from periodic_tui.ui.terminal.line import Line, has_terminal


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
    size = "{}×{}".format(*Line().size()) if has_terminal() else "none; the dashboard needs one"
    yield "terminal", size
    able = abilities(getattr(sys.__stderr__, "encoding", None), os.environ)
    yield "glyphs", _glyphs(able)
    yield "colors", _colors(able.colors)
    yield "config", _config()


def _config() -> str:
    """Where the user's config file is, and whether it is sound."""
    path = config_path()
    if path is None:
        return "none; there is no home directory for one"
    if not path.exists():
        return f"{path}: none; the README says what it can hold"
    try:
        read(path)
    except ConfigError as error:
        count = len(error.lines)
        what = "it" if count == 1 else "them"
        return f"{path}: {counted(count, 'problem')}; `{NAME} check {shlex.quote(str(path))}` tells {what}"
    return f"{path}: sound"


def _glyphs(able: Abilities) -> str:
    if able.glyphs == "braille":
        return f"braille, {able.encoding}"
    if is_unicode(able.encoding):
        return f"{able.glyphs}, because of TERM={os.environ['TERM']}; --glyphs braille if its font has braille"
    return f"{able.glyphs}, {able.encoding}; set LANG to a UTF-8 locale for braille"


def _colors(depth: ColorDepth) -> str:
    if depth == "none":
        return (
            "none, because of NO_COLOR" if os.environ.get("NO_COLOR") else f"none, because of TERM={os.environ['TERM']}"
        )
    return {
        "16": "16; set TERM=xterm-256color if the terminal can more",
        "256": "256; set COLORTERM=truecolor if the terminal can more",
        "truecolor": "16 million",
    }[depth]
