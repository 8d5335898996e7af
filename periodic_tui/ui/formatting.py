"""Figures and foreign text, written so that they fit the cells of the screen."""

from __future__ import annotations

import math
import re
import textwrap
from typing import TYPE_CHECKING

from rich.cells import cell_len

from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from periodic_tui.plotting.cells import Glyphs


TOGETHER = "\N{NO-BREAK SPACE}"
SHOWN_NUMBERS = 4
"""Of a vector."""

UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


class _OneCell(dict[int, str]):
    """Characters by their code points; ? for those that do not fill one cell."""

    def __missing__(self, code: int) -> str:
        self[code] = chr(code) if cell_len(chr(code)) == 1 else "?"
        return self[code]


_ONE_CELL = _OneCell()


def plain(text: str, glyphs: Glyphs = "braille") -> str:
    """Text as one line of characters that fill one cell and do not command the terminal; blanks become spaces."""
    line = printable(re.sub(r"\s", " ", text))
    line = GLYPH_SETS[glyphs].written(line)
    return line if line.isascii() else line.translate(_ONE_CELL)


def literal(text: str) -> str:
    """Text with its line breaks, in which no character commands the terminal; for Textual's own widgets."""
    return printable(text, keep="\n")


def wrapped(text: str, width: int, glyphs: Glyphs = "braille") -> list[str]:
    """Lines of at most `width` cells; a figure keeps its percent sign."""
    line = plain(" ".join(text.split()), glyphs).replace(" %", f"{TOGETHER}%")
    return [part.replace(TOGETHER, " ") for part in textwrap.wrap(line, max(width, 1))]


def shortened(line: str, width: int) -> str:
    """The line, its end replaced by … where it is too long."""
    return line if len(line) <= width else line[: max(width - 1, 0)] + "…"


def cut_to(text: str, width: int, glyphs: Glyphs) -> str:
    """Foreign text as one line of so many cells at most."""
    return plain(shortened(plain(text, glyphs), width), glyphs)


def fitting(forms: Sequence[str], width: int) -> str:
    """The first of a line's forms, longest first, that has room; else the last, shortened."""
    return next((form for form in forms if len(form) <= width), shortened(forms[-1], width))


def clipped(lines: list[str], rows: int) -> list[str]:
    """The first rows, with … where something is left out."""
    if len(lines) <= rows:
        return lines
    return [*lines[: rows - 1], lines[rows - 1] + "…"] if rows > 0 else []


def whole_clauses(text: str, width: int, rows: int, glyphs: Glyphs = "braille") -> list[str]:
    """As many of a sentence's clauses as fit into so many rows, so that no figure is cut; with … where not one does."""
    ends = [len(text), *(cut.start() for cut in reversed(list(re.finditer(r"[:;] ", text))))]
    forms = (wrapped(text[:end], width, glyphs) for end in ends)
    return next((lines for lines in forms if len(lines) <= rows), clipped(wrapped(text, width, glyphs), rows))


def rate(per_second: float) -> str:
    """A rate with three digits and a unit, always five cells wide: 571k, 7.25k, 80.0."""
    if not math.isfinite(per_second):
        return f"{'-':>5}"
    unit, suffix = next(((unit, suffix) for unit, suffix in UNITS if per_second >= 0.9995 * unit), (1.0, ""))
    value = per_second / unit
    decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{f'{value:.{decimals}f}{suffix}':>5}"


def how_long(seconds: float) -> str:
    """A time in whole units: 40 s, 5 min, 3 h, 12 days."""
    for unit, name in ((86_400, "day"), (3_600, "h"), (60, "min")):
        if seconds >= unit:
            count = int(seconds // unit)
            return f"{count:,} {name}{'s' * (name == 'day' and count > 1)}"
    return f"{max(0, int(seconds))} s"


def ago(seconds: float) -> str:
    """How long ago something was: 40 s ago, 12 days ago."""
    return f"{how_long(seconds)} ago"


def loss(value: float | None) -> str:
    """A loss with three digits, seven cells wide: 0.998, 1.2e-07, 0, inf, nan."""
    if value is None or math.isnan(value):
        return f"{'nan':<7}"
    if value == 0 or math.isinf(value):
        return f"{value:<7.0f}"
    forms = (f"{value:#.3g}".rstrip("."), f"{value:.1e}", f"{value:.0e}")
    return f"{next(form for form in forms if len(form) <= 7):<7}"


def numbers(values: Iterable[float], most: int = SHOWN_NUMBERS, digits: int = 3) -> str:
    """Weights as +0.34, or as (-0.21, -0.08, …); so many at most."""
    shown = [f"{value:+.{digits}g}" for value in values]
    if len(shown) == 1:
        return shown[0]
    return f"({', '.join(shown if len(shown) <= most else [*shown[:most], '…'])})"


def four_digits(value: float) -> str:
    """A figure of at most seven cells for large digits: 0.5312, 31.00, 5e-05, nan."""
    size = abs(value)
    if not math.isfinite(value):
        return f"{value}"
    if size == 0 or 1e-3 <= size < 99_999.5:
        return f"{value:.{max(0, 3 - math.floor(math.log10(max(size, 1.0))))}f}"[:7]
    return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e+")
