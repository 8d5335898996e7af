"""A terminal's cells as SVG. Lines, dots and blocks are drawn, so that no font of the viewer can tear them apart."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

CELL = (8, 17)
"""Width and height of a cell, in pixels."""
MARGIN = 8
PAPER, INK = "#121212", "#e0e0e0"
BRAILLE = 0x2800
DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each bit of a braille character (Unicode, block 2800)."""

STROKES = {
    "─": "lr", "│": "ud", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu",
    "┤": "uld", "├": "urd", "┬": "lrd", "┴": "lru", "┼": "lrud",
    "━": "LR", "┃": "UD", "┏": "RD", "┓": "LD", "┗": "RU", "┛": "LU", "┫": "ULD", "┣": "URD", "╋": "LRUD",
    "╸": "L", "╺": "R", "╹": "U", "╻": "D",
}  # fmt: skip
"""From the middle of a cell to its left, right, upper and lower edge; capitals are heavy."""
DASHED = {"┊": "ud", "┄": "lr"}


@dataclass(frozen=True)
class Cell:
    """One character and its colors, as #rrggbb."""

    text: str = " "
    front: str = INK
    back: str = PAPER
    bold: bool = False


Shapes = dict[tuple[str, str], list[str]]
"""Way of drawing and color to pieces of a path."""


def picture(rows: Sequence[Sequence[Cell]], title: str) -> str:
    """The SVG of a screen."""
    columns = max(map(len, rows), default=0)
    width, height = columns * CELL[0] + 2 * MARGIN, len(rows) * CELL[1] + 2 * MARGIN
    shapes: Shapes = defaultdict(list)
    texts = [text for row, cells in enumerate(rows) for text in _row(row, cells, shapes)]
    paths = [_path(way, color, pieces) for (way, color), pieces in sorted(shapes.items())]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            ' font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" rx="6" fill="{PAPER}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})">',
            *paths,
            *texts,
            "</g>",
            "</svg>",
            "",
        ]
    )


def _row(row: int, cells: Sequence[Cell], shapes: Shapes) -> Iterator[str]:
    """Adds what is drawn to the shapes; yields what is written: words, each as wide as its cells."""
    word, start, look = "", 0, ("", False)
    for column, cell in enumerate([*cells, Cell()]):
        x, y = column * CELL[0], row * CELL[1]
        if cell.back != PAPER:
            shapes["fill", cell.back].append(f"M{x},{y}h{CELL[0]}v{CELL[1]}h-{CELL[0]}z")
        drawn = _draw(cell, x, y, shapes)
        ends = drawn or cell.text == " " or look != (cell.front, cell.bold)
        if word and ends:
            yield _word(word, start, row, *look)
            word = ""
        if not drawn and cell.text != " ":
            if not word:
                start, look = column, (cell.front, cell.bold)
            word += cell.text


def _word(word: str, column: int, row: int, color: str, bold: bool) -> str:
    x, y, weight = column * CELL[0], row * CELL[1] + 13, ' font-weight="bold"' if bold else ""
    length = len(word) * CELL[0]
    size = f'textLength="{length}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{x}" y="{y}" fill="{color}" {size}{weight}>{escape(word)}</text>'


def _draw(cell: Cell, x: int, y: int, shapes: Shapes) -> bool:
    """Draw a character that is a figure; whether it was one."""
    width, height = CELL
    code = ord(cell.text[:1] or " ") - BRAILLE
    if 0 <= code < 256:
        shapes["fill", cell.front] += [_dot(x, y, *DOTS[bit]) for bit in range(8) if code >> bit & 1]
    elif cell.text == "▀":
        shapes["fill", cell.front].append(f"M{x},{y}h{width}v{height / 2:g}h-{width}z")
    elif cell.text == "■":
        shapes["fill", cell.front].append(f"M{x + 1},{y + 5}h{width - 2}v{width - 1}h-{width - 2}z")
    elif strokes := STROKES.get(cell.text):
        way = "heavy" if strokes.isupper() else "light"
        shapes[way, cell.front] += [_stroke(x, y, side) for side in strokes.lower()]
    elif strokes := DASHED.get(cell.text):
        shapes["dashed", cell.front] += [_stroke(x, y, side) for side in strokes]
    else:
        return False
    return True


def _dot(x: int, y: int, column: int, row: int) -> str:
    width, height = CELL
    left, top = x + (column + 0.5) * width / 2 - 1.1, y + (row + 0.5) * height / 4 - 1.1
    return f"M{left:g},{top:.4g}h2.2v2.2h-2.2z"


def _stroke(x: int, y: int, side: str) -> str:
    width, height = CELL
    middle = f"M{x + width / 2:g},{y + height / 2:g}"
    ends = {"l": f"H{x}", "r": f"H{x + width}", "u": f"V{y}", "d": f"V{y + height}"}
    return middle + ends[side]


def _path(way: str, color: str, pieces: Sequence[str]) -> str:
    style = {
        "fill": f'fill="{color}"',
        "light": f'stroke="{color}" fill="none"',
        "heavy": f'stroke="{color}" stroke-width="2" stroke-linecap="square" fill="none"',
        "dashed": f'stroke="{color}" stroke-dasharray="2 2" fill="none"',
    }[way]
    return f'<path {style} d="{"".join(pieces)}"/>'
