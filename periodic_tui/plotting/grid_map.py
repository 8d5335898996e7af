"""A table of populations as a map: the commonest verdict of each, and the share of it that is solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.outcomes import OUTCOMES, shape_of

SHADES = {"braille": " ░▒▓█", "ascii": " .:*#"}
"""From no share to the whole, in equal steps; only nothing at all is blank."""
WIDEST, NUMBERED, FILLED = 8, 7, 3
"""Columns of a tile with the gap behind it: at most, with the share in figures, and with a shade."""
UNKNOWN = {"braille": "·", "ascii": "?"}
"""Of a tile that has no result."""
_BESIDE = 3
"""Columns between two maps."""
_CORNERS = " │─└││┌├─┘─┴┐┤┬┼"
"""Of a line, by where it goes on: 1 up, 2 right, 4 down, 8 left."""
_ASCII_CORNERS = " |-+||++-+-+++++"

Row = tuple[NDArray[np.uint32], NDArray[np.uint8]]
"""Characters and inks of a row of cells."""


@dataclass(frozen=True)
class Tile:
    """One population."""

    code: str = ""
    """The verdict of most replicas; empty where there is no result."""
    share: float = 0.0
    """Of the replicas that are solved."""


@dataclass(frozen=True, eq=False)
class GridMap:
    """Populations in rows and columns."""

    rows: tuple[str, Sequence[str]]
    """The name of what varies from row to row, and its values."""
    columns: tuple[str, Sequence[str]]
    tiles: Sequence[Sequence[Tile]]
    """By rows, then columns."""
    inside: NDArray[np.bool_] | None = None
    """[rows, columns] on which side of a line each lies; None: there is no line."""
    title: str = ""


@dataclass(frozen=True)
class Layout:
    """Where the tiles of equally large maps are in a picture of all of them."""

    left: int
    """Columns of the rows' labels, with the gap behind them."""
    each: int
    """Columns of a tile, with the gap behind it."""
    fit: int
    """Tiles beside each other in a map; columns that do not fit follow below."""
    pitch: int
    """Rows from a tile to the next below it."""
    shape: tuple[int, int]
    """Rows and columns of tiles."""
    titled: int
    """Rows of a map's title."""
    charts: int
    """How many maps there are."""
    across: int
    """Maps beside each other."""

    @property
    def block(self) -> int:
        """Rows of the tiles that are beside each other, with the columns' name and labels."""
        return self.pitch * self.shape[0] + 2

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of a map."""
        return self.left + self.each * min(self.fit, self.shape[1]), self.titled + self.block * -(
            -self.shape[1] // self.fit
        )

    def corner(self, chart: int) -> tuple[int, int]:
        """Column and row at which a map begins, by its number."""
        down, beside = divmod(chart, self.across)
        columns, rows = self.size
        return beside * (columns + _BESIDE), down * (rows + self.titled)

    def place(self, chart: int, row: int, column: int) -> tuple[int, int]:
        """Column and row at which a tile begins."""
        (x, y), (below, beside) = self.corner(chart), divmod(column, self.fit)
        return x + self.left + self.each * beside, y + self.titled + self.block * below + 1 + self.pitch * row

    def tile_at(self, x: int, y: int) -> tuple[int, int, int] | None:
        """Number of the map, row and column of the tile at a place; None where there is none."""
        columns, rows = self.size
        beside, within_x = divmod(x, columns + _BESIDE)
        down, within_y = divmod(y, rows + self.titled)
        below, line = divmod(within_y - self.titled, self.block)
        row, over = divmod(line - 1, self.pitch)
        column = (within_x - self.left) // self.each + self.fit * below
        inside = self.left <= within_x < columns and within_y >= self.titled and not over
        chart = down * self.across + beside
        if (
            inside
            and beside < self.across
            and chart < self.charts
            and 0 <= row < self.shape[0]
            and column < self.shape[1]
        ):
            return chart, row, column
        return None


def layout(charts: Sequence[GridMap], width: int) -> Layout:
    """The layout of some maps, at most `width` columns wide."""
    chart = charts[0]
    names = [_named(name, width) for name in (chart.rows[0], *chart.rows[1])]
    left, shape = max(map(len, names)) + 1, (len(chart.rows[1]), len(chart.columns[1]))
    each = tile_width(width - left, shape[1])
    fit = max(1, min((width - left) // each, shape[1]))
    pitch = 1 if all(chart.inside is None for chart in charts) else 2
    across = max(1, (width + _BESIDE) // (left + each * fit + _BESIDE)) if fit == shape[1] else 1
    titled, number = int(any(chart.title for chart in charts)), len(charts)
    return Layout(left, each, fit, pitch, shape, titled, number, min(across, number))


def grid_maps(charts: Sequence[GridMap], placed: Layout, glyphs: Glyphs = "braille") -> Cells:
    """All maps of one table."""
    columns, rows = placed.size
    ends = [placed.corner(number) for number in range(len(charts))]
    cells = Cells.blank(max(x for x, _ in ends) + columns, max(y for _, y in ends) + rows)
    for chart, (x, y) in zip(charts, ends, strict=True):
        cells = cells.paste(_grid_map(chart, placed, glyphs), x, y)
    return cells


def _grid_map(chart: GridMap, placed: Layout, glyphs: Glyphs) -> Cells:
    cells = Cells.blank(*placed.size).write(0, 0, chart.title if placed.titled else "", Ink.TEXT)
    for below, first in enumerate(range(0, placed.shape[1], placed.fit)):
        cells = cells.paste(
            _block(_part(chart, first, placed.fit), placed, glyphs), 0, placed.titled + below * placed.block
        )
    return cells


def _named(label: str, width: int) -> str:
    return label[: width // 3]


def tile_width(room: int, columns: int) -> int:
    """Columns of each tile, with the gap behind it."""
    return min(WIDEST, max(FILLED, room // max(columns, 1)))


def _part(chart: GridMap, first: int, count: int) -> GridMap:
    some = slice(first, first + count)
    inside = None if chart.inside is None else chart.inside[:, some]
    name, labels = chart.columns
    return GridMap(chart.rows, (name, labels[some]), [row[some] for row in chart.tiles], inside)


def _block(chart: GridMap, placed: Layout, glyphs: Glyphs) -> Cells:
    (row_name, row_labels), (column_name, column_labels) = chart.rows, chart.columns
    left, each = placed.left, placed.each
    cells = Cells.blank(left + each * len(column_labels), placed.block)
    for row, label in enumerate(row_labels):
        line = 1 + placed.pitch * row
        cells.glyphs[line], cells.ink[line] = _row(label[: left - 1], chart.tiles[row], left, each, glyphs)
    if chart.inside is not None and placed.pitch > 1:
        cells = _lined(cells, chart.inside, left, each, glyphs)
    cells = cells.write(0, 0, f"{row_name[: left - 1].rjust(left - 1)} {column_name}", Ink.QUIET)
    return _labeled(cells, column_labels, left, each, placed.block - 1)


def _row(label: str, tiles: Sequence[Tile], left: int, each: int, glyphs: Glyphs) -> Row:
    """A label and the tiles beside it."""
    parts = [
        Cells.of_lines([label.rjust(left - 1) + " "], Ink.TEXT),
        *(tile_cells(tile, each, glyphs) for tile in tiles),
    ]
    return np.concatenate([part.glyphs[0] for part in parts]), np.concatenate([part.ink[0] for part in parts])


def _labeled(cells: Cells, labels: Sequence[str], left: int, each: int, row: int) -> Cells:
    """With as many of the columns' labels as have room, at equal distances."""
    longest = max(map(len, labels), default=0) + 1
    every = -(-longest // each)
    for column in range(0, len(labels), every):
        cells = cells.write(left + each * column, row, labels[column], Ink.TEXT)
    return cells


@lru_cache(maxsize=4096)
def tile_cells(tile: Tile, width: int, glyphs: Glyphs = "braille") -> Cells:
    """One tile in a row, with the gap behind it: the verdict's shape, the shade of the share, and the share in percent
    where there is room."""
    cells = Cells.blank(width, 1)
    if not tile.code:
        return cells.write(0, 0, UNKNOWN[glyphs], Ink.QUIET)
    figure = f"{100 * tile.share:.0f}".rjust(3) if width >= NUMBERED else ""
    shade = SHADES[glyphs][min(4, int(np.ceil(4 * tile.share)))] * (width - 2 - len(figure))
    shape = cells.write(0, 0, shape_of(tile.code, glyphs), OUTCOMES[tile.code][1])
    return shape.write(1, 0, shade, Ink.TARGET).write(1 + len(shade), 0, figure, Ink.TEXT)


def _lined(cells: Cells, inside: NDArray[np.bool_], left: int, each: int, glyphs: Glyphs) -> Cells:
    """With a line between tiles of which one is inside and the other is not."""
    lines = np.zeros((cells.rows, cells.columns), bool)
    for row, column in zip(*np.nonzero(inside[:, 1:] != inside[:, :-1]), strict=True):
        lines[2 * row : 2 * row + 3, left + each * (column + 1) - 1] = True
    for row, column in zip(*np.nonzero(inside[1:] != inside[:-1]), strict=True):
        lines[2 * row + 2, left + each * column - 1 : left + each * (column + 1)] = True
    lines[0], lines[2 * len(inside) :] = False, False
    padded = np.pad(lines, 1)
    ways = padded[:-2, 1:-1] + 2 * padded[1:-1, 2:] + 4 * padded[2:, 1:-1] + 8 * padded[1:-1, :-2]
    corners = np.array([ord(sign) for sign in (_ASCII_CORNERS if glyphs == "ascii" else _CORNERS)], np.uint32)
    shapes, ink = cells.glyphs.copy(), cells.ink.copy()
    shapes[lines], ink[lines] = corners[ways[lines]], Ink.MARK
    return Cells(shapes, ink)


def stacked(parts: Sequence[Cells]) -> Cells:
    """Pictures below each other."""
    cells, row = Cells.blank(max(part.columns for part in parts), sum(part.rows for part in parts)), 0
    for part in parts:
        cells, row = cells.paste(part, 0, row), row + part.rows
    return cells
