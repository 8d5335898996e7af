"""A table of populations as a map: the commonest verdict of each, and the share of it that is solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.outcomes import OUTCOMES, shape_of

WIDEST, NUMBERED, FILLED = 8, 7, 3
"""Columns of a tile with the gap behind it: at most, with the share in figures, and with a shade."""
LARGER = ((3, 16), (2, 12))
"""Rows and columns of a tile where there is room, the largest first."""
LABELED = 16
"""Columns of a tile at most that has room for its column's label."""
_BESIDE = 3
"""Columns between two maps."""
_CORNERS = " │─└││┌├─┘─┴┐┤┬┼"
"""Of a line, by where it goes on: 1 up, 2 right, 4 down, 8 left."""


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
    high: int
    """Rows of a tile."""
    apart: int
    """Rows between a tile and the next below it."""
    shape: tuple[int, int]
    """Rows and columns of tiles."""
    titled: int
    """Rows of a map's title."""
    charts: int
    """How many maps there are."""
    across: int
    """Maps beside each other."""

    @property
    def pitch(self) -> int:
        """Rows from a tile to the next below it."""
        return self.high + self.apart

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

    @property
    def rows(self) -> int:
        """Rows of all maps together."""
        return self.corner(self.charts - 1)[1] + self.size[1]

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
        inside = self.left <= within_x < columns and within_y >= self.titled and over < self.high
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


def layout(charts: Sequence[GridMap], width: int, height: int = 0) -> Layout:
    """The layout of some maps, at most `width` columns wide. Tiles are as large as lets all maps have room in `height`
    rows; without that, or with too few, they are as small as under a plot."""
    for size in LARGER:
        if (placed := _layout(charts, width, *size)).rows <= height:
            return placed
    return _layout(charts, width, 1, WIDEST)


def _layout(charts: Sequence[GridMap], width: int, high: int, widest: int) -> Layout:
    chart = charts[0]
    names = [_named(name, width) for name in (chart.rows[0], *chart.rows[1])]
    left, shape = max(map(len, names)) + 1, (len(chart.rows[1]), len(chart.columns[1]))
    longest = min(max(map(len, chart.columns[1]), default=0) + 1, LABELED)
    each = min(max(widest, longest), max(FILLED, (width - left) // max(shape[1], 1)))
    fit = max(1, min((width - left) // each, shape[1]))
    apart = int(any(chart.inside is not None for chart in charts))
    across = max(1, (width + _BESIDE) // (left + each * fit + _BESIDE)) if fit == shape[1] else 1
    titled, number = int(any(chart.title for chart in charts)), len(charts)
    return Layout(left, each, fit, high, apart, shape, titled, number, min(across, number))


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
        cells = cells.paste(_row(label, chart.tiles[row], placed, glyphs), 0, 1 + placed.pitch * row)
    if chart.inside is not None:
        cells = _lined(cells, chart.inside, placed, glyphs)
    cells = cells.write(0, 0, f"{row_name[: left - 1].rjust(left - 1)} {column_name}", Ink.QUIET)
    return _labeled(cells, column_labels, left, each, placed.block - 1)


def _row(label: str, tiles: Sequence[Tile], placed: Layout, glyphs: Glyphs) -> Cells:
    """A label and the tiles beside it."""
    named = Cells.blank(placed.left, placed.high).write(0, 0, label[: placed.left - 1].rjust(placed.left - 1), Ink.TEXT)
    parts = [named, *(tile_cells(tile, placed.each, placed.high, glyphs) for tile in tiles)]
    glyphs_of, inks = (np.concatenate(each, axis=1) for each in zip(*((c.glyphs, c.ink) for c in parts), strict=True))
    return Cells(glyphs_of, inks)


def _labeled(cells: Cells, labels: Sequence[str], left: int, each: int, row: int) -> Cells:
    """With as many of the columns' labels as have room, at equal distances."""
    longest = max(map(len, labels), default=0) + 1
    every = -(-longest // each)
    for column in range(0, len(labels), every):
        cells = cells.write(left + each * column, row, labels[column], Ink.TEXT)
    return cells


@lru_cache(maxsize=4096)
def tile_cells(tile: Tile, width: int, high: int, glyphs: Glyphs = "braille") -> Cells:
    """One tile, with the gap behind it: the verdict's shape, the shade of the share, and that in percent where there is
    room."""
    cells = Cells.blank(width, high)
    if not tile.code:
        return cells.write(0, 0, GLYPH_SETS[glyphs].unknown, Ink.QUIET)
    shade = GLYPH_SETS[glyphs].quarters[min(4, int(np.ceil(4 * tile.share)))] * (width - 1)
    cells = cells.paste(Cells.of_lines([shade] * high, Ink.TARGET), 0, 0)
    if width >= NUMBERED:
        cells = cells.write(width - 4, 0, f"{100 * tile.share:.0f}".rjust(3), Ink.TEXT)
    return cells.write(0, 0, shape_of(tile.code, glyphs), OUTCOMES[tile.code][1])


def _lined(cells: Cells, inside: NDArray[np.bool_], placed: Layout, glyphs: Glyphs) -> Cells:
    """With a line between tiles of which one is inside and the other is not."""
    lines, pitch, left, each = np.zeros((cells.rows, cells.columns), bool), placed.pitch, placed.left, placed.each
    for row, column in zip(*np.nonzero(inside[:, 1:] != inside[:, :-1]), strict=True):
        lines[pitch * row : pitch * (row + 1) + 1, left + each * (column + 1) - 1] = True
    for row, column in zip(*np.nonzero(inside[1:] != inside[:-1]), strict=True):
        lines[pitch * (row + 1), left + each * column - 1 : left + each * (column + 1)] = True
    lines[0], lines[pitch * len(inside) :] = False, False
    padded = np.pad(lines, 1)
    ways = padded[:-2, 1:-1] + 2 * padded[1:-1, 2:] + 4 * padded[2:, 1:-1] + 8 * padded[1:-1, :-2]
    corners = np.array([ord(sign) for sign in _CORNERS.translate(GLYPH_SETS[glyphs].axes)], np.uint32)
    shapes, ink = cells.glyphs.copy(), cells.ink.copy()
    shapes[lines], ink[lines] = corners[ways[lines]], Ink.MARK
    return Cells(shapes, ink)


def stacked(parts: Sequence[Cells]) -> Cells:
    """Pictures below each other."""
    cells, row = Cells.blank(max(part.columns for part in parts), sum(part.rows for part in parts)), 0
    for part in parts:
        cells, row = cells.paste(part, 0, row), row + part.rows
    return cells
