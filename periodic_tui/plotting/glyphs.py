"""The sets of characters that pictures and words are made of, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from periodic_tui.plotting.cells import Glyphs

SIGNS = {
    "·": "-", "→": "->", "±": "+-", "×": "x", "ω": "w", "″": "''", "′": "'", "−": "-", "–": "-", "—": "-", "…": "~",
    "●": "*", "■": "#", "◆": "*", "▫": "o", "╱": "/", "∙": ".", "≤": "<=", "≥": ">=", "∈": "in", "φ": "phi",
    "÷": "/", "╳": "X", "╬": "@", "▶": ">", "←": "<", "◂": "<", "‖": "=", "°": " deg", "²": "^2", "█": "#",
}  # fmt: skip
"""How the signs of our own sentences are written in ASCII."""
SHAPES = {"×": "x", "●": "o", "■": "#", "┊": ":", "┄": "=", "←": "<", "→": ">"}
"""The same for a shape of a plot, where a line of the network may be stars. Any other one is a star."""


@dataclass(frozen=True, eq=False)
class GlyphSet:
    """What one set of characters offers."""

    dots: tuple[int, int]
    """Columns and rows of dots in a character."""
    bits: tuple[tuple[int, ...], ...]
    """[rows][columns] which bit of a pattern is each dot's."""
    patterns: str
    """The character for each pattern of dots, the first of them blank."""
    borders: str
    """Corner, edge, corner, side, corner, corner of a box."""
    box: str
    """The same as Textual's name of a border."""
    shades: str
    """Characters from the lowest value to the highest, for maps without colors."""
    quarters: str
    """Characters from no share to the whole, in equal steps; only nothing at all is blank."""
    unknown: str
    """In the place of those where there is no share."""
    stretches: tuple[str, str]
    """Strokes of what was trained on, and of what was held out."""
    levels: str = ""
    """Nothing, and then the bars of a trend from the lowest to the highest; empty: as many dots."""
    halves: bool = True
    """Whether a map shows two colors in a cell, one above the other."""
    line: str = ""
    """The character of a line over a map; empty: dots."""
    strokes: str = ""
    """The character of each ink in a plot, in the order of `Ink`, in the place of dots; empty: dots."""
    axes: Mapping[int, int] = field(default_factory=dict)
    """What of the lines of an axis is drawn otherwise."""
    encoding: str = ""
    """The set holds what this encoding does; empty: everything."""
    own: dict[str, str] = field(default_factory=dict)
    """Signs and shapes that are written otherwise than in `SIGNS` and `SHAPES`."""

    def holds(self, character: str) -> bool:
        """Whether the set has a character."""
        try:
            return not self.encoding or bool(character.encode(self.encoding))
        except UnicodeEncodeError:
            return False

    @cached_property
    def _signs(self) -> dict[int, str]:
        return str.maketrans({sign: text for sign, text in (SIGNS | self.own).items() if not self.holds(sign)})

    def written(self, line: str) -> str:
        """A line in the set's characters, ? in the place of those that it cannot say otherwise."""
        if not self.encoding or line.isascii():
            return line
        return line.translate(self._signs).encode(self.encoding, "replace").decode(self.encoding)

    def shape(self, shape: str) -> str:
        """A shape of one character for a plot."""
        return shape if self.holds(shape) else (SHAPES | self.own).get(shape, "*")


GLYPH_SETS: dict[Glyphs, GlyphSet] = {
    "braille": GlyphSet(
        dots=(2, 4),
        bits=((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)),
        patterns=" " + "".join(chr(0x2800 + pattern) for pattern in range(1, 256)),
        borders="╭─╮│╰╯",
        box="round",
        shades=" ░▒▓█",
        quarters=" ░▒▓█",
        unknown="·",
        stretches=("━", "┄"),
    ),
    "block": GlyphSet(
        dots=(1, 2),
        bits=((1,), (2,)),
        patterns=" " + "▀▄█",
        borders="┌─┐│└┘",
        box="solid",
        shades=" ░▒▓█",
        quarters=" ░▒▓█",
        unknown="·",
        stretches=("═", "-"),
        levels=" ░▒▓█",
        line="∙",
        encoding="cp437",
        own={"┄": "-", "●": "■", "▶": "»", "◂": "«"},
    ),
    "ascii": GlyphSet(
        dots=(1, 1),
        bits=((1,),),
        patterns=" " + "*",
        borders="+-+|++",
        box="ascii",
        shades=" .:-=+*#%@",
        quarters=" .:*#",
        unknown="?",
        stretches=("=", "."),
        levels=" _-=#",
        halves=False,
        line=".",
        strokes="-+*.x,:@",
        axes=str.maketrans("│─┤├┬┴└┌┐┘┼", "|-+++++++++"),
        encoding="ascii",
    ),
}
"""Braille: eight dots in a character. Block: two, and nothing that a Linux console's own font (code page 437) lacks.
ASCII: the 95 characters that are everywhere."""
