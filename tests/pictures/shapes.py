"""Rows of cells as SVG. What terminals draw themselves (dots, lines and blocks) is drawn, so that no font is needed for
it; all else is text, each word held to its cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from tests.pictures.cells import Cell, Row

WIDTH, HEIGHT = 8, 16
"""Of a cell, so that its 2×4 dots are as far apart across as down."""
FONT = "ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
SIZE = 13
SEAM = 0.4
"""By which grounds reach under the next row, so that no line is seen between them."""
BASE = 12
"""Of a line of text, below the upper end of its cell."""

_LINES = {
    "─": "M0 8h8", "│": "M4 0v16", "┤": "M4 0v16M0 8h4", "├": "M4 0v16M4 8h4", "┬": "M0 8h8M4 8v8", "┴": "M0 8h8M4 0v8",
    "┼": "M0 8h8M4 0v16", "└": "M4 0v8h4", "┘": "M4 0v8h-4", "┌": "M4 16v-8h4", "┐": "M4 16v-8h-4",
    "╭": "M4 16v-4q0 -4 4 -4", "╮": "M4 16v-4q0 -4 -4 -4", "╯": "M4 0v4q0 4 -4 4", "╰": "M4 0v4q0 4 4 4",
    "┄": "M1 8h2M5 8h2", "╱": "M0 16l8 -16", "╳": "M0 16l8 -16M0 0l8 16",
}  # fmt: skip
_BLOCKS = {
    "█": "M0 0h8v16h-8z", "▀": "M0 0h8v8h-8z", "▄": "M0 8h8v8h-8z", "▌": "M0 0h4v16h-4z", "▐": "M4 0h4v16h-4z",
    "▎": "M0 0h2v16h-2z", "▊": "M0 0h6v16h-6z", "▔": "M0 0h8v2h-8z", "■": "M1 5h6v6h-6z", "▪": "M2 6h4v4h-4z",
    "●": "M4 4.5a3.5 3.5 0 1 0 .01 0z", "◆": "M4 4l4 4l-4 4l-4 -4z", "▲": "M4 4l4 8h-8z", "▶": "M1 4l7 4l-7 4z",
    "◂": "M7 5l-5 3l5 3z", "▫": "M2 6h4v4h-4zM3 7v2h2v-2z", "∙": "M3 7h2v2h-2z", "·": "M3.2 7.2h1.6v1.6h-1.6z",
    **{chr(0x2580 + eighth): f"M0 {HEIGHT - 2 * eighth}h8v{2 * eighth}h-8z" for eighth in range(1, 8)},
}  # fmt: skip
_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each dot of braille, in the order of its bits."""


def row_svg(row: Row, ground: str) -> str:
    """One row, its upper left corner at the origin, on a ground of that color."""
    return "".join((*_grounds(row, ground), *_texts(row), *_drawn(row)))


def _grounds(row: Row, ground: str) -> Iterator[str]:
    at = 0
    for back, cells in groupby(row, lambda cell: cell.back):
        width = len(list(cells)) * WIDTH
        if back != ground:
            yield f'<rect x="{at}" width="{width}" height="{HEIGHT + SEAM}" fill="{back}"/>'
        at += width


def _texts(row: Row) -> Iterator[str]:
    """Words of one look; signs that fonts draw in widths of their own each by itself."""
    start = 0
    while start < len(row):
        cell, end = row[start], start + 1
        if not _is_text(cell):
            start = end
            continue
        while end < len(row) and cell.char.isascii() and _goes_on(row, end, cell):
            end += 1
        word = "".join(each.char for each in row[start:end])
        held = f' textLength="{len(word) * WIDTH}"' if len(word) > 1 else ""
        weight = ' class="b"' if cell.bold else ""
        yield f'<text x="{start * WIDTH}" y="{BASE}"{held}{weight} fill="{cell.front}">{escape(word)}</text>'
        start = end


def _goes_on(row: Row, at: int, first: Cell) -> bool:
    """Whether the word goes on there: over one blank, too, if more of it follows."""
    here = row[at]
    if here.char == " " and here.back == first.back:
        return at + 1 < len(row) and _same_look(row[at + 1], first)
    return _same_look(here, first)


def _same_look(cell: Cell, first: Cell) -> bool:
    return _is_text(cell) and cell.char.isascii() and cell[1:] == first[1:]


def _is_text(cell: Cell) -> bool:
    return cell.char != " " and cell.char not in _LINES and cell.char not in _BLOCKS and not _is_braille(cell.char)


def _is_braille(char: str) -> bool:
    return "\u2800" <= char <= "\u28ff"


def _drawn(row: Row) -> Iterator[str]:
    """Dots, lines and blocks, a path for each of their colors."""
    paths: dict[tuple[str, str], list[str]] = defaultdict(list)
    for column, cell in enumerate(row):
        if cell.char in _LINES:
            paths["l", cell.front].append(_moved(_LINES[cell.char], column))
        elif cell.char in _BLOCKS:
            paths["k", cell.front].append(_moved(_BLOCKS[cell.char], column))
        elif _is_braille(cell.char):
            paths["d", cell.front] += _dots(ord(cell.char) - 0x2800, column)
    for (kind, color), parts in paths.items():
        paint = f'fill="{color}"' if kind == "k" else f'stroke="{color}"'
        yield f'<path class="{kind}" {paint} d="{_joined(parts)}"/>'


def _moved(path: str, column: int) -> str:
    """The path, whose moves are absolute and all else relative, in that column."""
    first, *moves = path.split("M")
    return first + "".join(f"M{_shifted(move, column * WIDTH)}" for move in moves)


def _shifted(move: str, by: int) -> str:
    x, space, rest = move.partition(" ")
    return f"{float(x) + by:g}{space}{rest}"


def _dots(bits: int, column: int) -> Iterator[str]:
    for bit, (x, y) in enumerate(_DOTS):
        if bits >> bit & 1:
            yield f"M{column * WIDTH + 4 * x + 2} {4 * y + 2}h0"


def _joined(parts: list[str]) -> str:
    """Lines that go on in the next cell are one: M0 8h8M8 8h8 is M0 8h16."""
    told: list[str] = []
    run, end = 0, -1.0
    for part in parts:
        x, _, rest = part[1:].partition(" ")
        if rest == "8h8" and "M" not in rest:
            if float(x) == end:
                run += WIDTH
                told[-1] = f"M{end - run + WIDTH:g} 8h{run}"
            else:
                run = WIDTH
                told.append(part)
            end = float(x) + WIDTH
        else:
            told.append(part)
    return "".join(told)
