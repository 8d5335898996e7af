"""What the terminal can show: one place decides, for the dashboard and for `doctor`."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from periodic_tui.plotting.glyphs import GLYPH_SETS, GlyphSet

if TYPE_CHECKING:
    from periodic_tui.plotting.cells import Glyphs

ColorDepth = Literal["none", "16", "256", "truecolor"]
"""How many colors there are; `none` where there is nothing but bold and the like."""

WITHOUT_BRAILLE: dict[str, Glyphs] = {"linux": "block", "dumb": "ascii"}
"""What terminals show, by TERM, whose font has no braille although they take UTF-8."""
MONOCHROME = frozenset({"dumb", "unknown"})
TRUECOLOR_TERMS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour", "iterm2")
"""Beginnings of TERM by which terminals of 16 million colors go, although COLORTERM does not pass through SSH."""


class Abilities(NamedTuple):
    """What a terminal can show."""

    encoding: str
    """In which text is sent, as `codecs` names it."""
    glyphs: Glyphs
    colors: ColorDepth


def abilities(encoding: str | None, environ: Mapping[str, str], choice: str = "auto") -> Abilities:
    """What the terminal can show.

    Args:
        encoding: of the stream that Python has opened on it; None where there is none.
        environ: the environment.
        choice: the glyphs that the user has asked for; `auto` where that is for the terminal to say.
    """
    encoding, term = encoding or "ascii", environ.get("TERM", "").lower()
    glyphs = _known(choice) or _glyphs(encoding, term)
    forced = not is_unicode(encoding) and not _holds(encoding, GLYPH_SETS[glyphs])
    return Abilities("utf-8" if forced else encoding, glyphs, _colors(term, environ))


def no_richer_than(glyphs: Glyphs) -> tuple[Glyphs, ...]:
    """The sets that a terminal has which has this one, the richest first."""
    names = tuple(GLYPH_SETS)
    return names[names.index(glyphs) :]


def _known(choice: str) -> Glyphs | None:
    return next((glyphs for glyphs in GLYPH_SETS if glyphs == choice), None)


def _glyphs(encoding: str, term: str) -> Glyphs:
    """The best set that the terminal has."""
    if is_unicode(encoding):
        return WITHOUT_BRAILLE.get(term, "braille")
    return "block" if _holds(encoding, GLYPH_SETS["block"]) else "ascii"


def _holds(encoding: str, glyphs: GlyphSet) -> bool:
    """Whether an encoding has every character of a set."""
    try:
        return glyphs.encoding in ("ascii", codecs.lookup(encoding).name)
    except LookupError:
        return glyphs.encoding == "ascii"


def is_unicode(encoding: str) -> bool:
    """Whether an encoding has every character there is."""
    return encoding.lower().replace("-", "").replace("_", "").startswith("utf")


def _colors(term: str, environ: Mapping[str, str]) -> ColorDepth:
    if environ.get("NO_COLOR") or term in MONOCHROME:
        return "none"
    named = environ.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit")
    if named or term.endswith("-direct") or term.startswith(TRUECOLOR_TERMS):
        return "truecolor"
    return "256" if "256" in term else "16"
