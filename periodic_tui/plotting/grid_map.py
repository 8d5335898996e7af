"""A table of populations as a map: the commonest verdict of each, and the share of it that is solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
_CORNERS = " │─└││┌├─┘─┴┐┤┬┼"
"""Of a line, by where it goes on: 1 up, 2 right, 4 down, 8 left."""
_ASCII_CORNERS = " |-+||++-+-+++++"


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


def grid_map(chart: GridMap, width: int, glyphs: Glyphs = "braille") -> Cells:
    """The map, at most `width` columns wide: columns that do not fit follow below."""
    names = [name[: width // 3] for name in (chart.rows[0], *chart.rows[1])]
    left = max(map(len, names)) + 1
    each = tile_width(width - left, len(chart.columns[1]))
    fit = max(1, (width - left) // each)
    parts = [_block(_part(chart, first, fit), left, each, glyphs) for first in range(0, len(chart.columns[1]), fit)]
    title = [Cells.of_lines([chart.title[:width]], Ink.TEXT)] if chart.title else []
    return stacked([*title, *parts])


def tile_width(room: int, columns: int) -> int:
    """Columns of each tile, with the gap behind it."""
    return min(WIDEST, max(FILLED, room // max(columns, 1)))


def _part(chart: GridMap, first: int, count: int) -> GridMap:
    some = slice(first, first + count)
    inside = None if chart.inside is None else chart.inside[:, some]
    name, labels = chart.columns
    return GridMap(chart.rows, (name, labels[some]), [row[some] for row in chart.tiles], inside)


def _block(chart: GridMap, left: int, each: int, glyphs: Glyphs) -> Cells:
    (row_name, row_labels), (column_name, column_labels) = chart.rows, chart.columns
    pitch = 1 if chart.inside is None else 2
    height = pitch * len(row_labels) + 2
    cells = Cells.blank(left + each * len(column_labels), height)
    for row, label in enumerate(row_labels):
        cells = cells.write(0, 1 + pitch * row, label[: left - 1].rjust(left - 1), Ink.TEXT)
        for column, tile in enumerate(chart.tiles[row]):
            cells = cells.paste(tile_cells(tile, each - 1, glyphs), left + each * column, 1 + pitch * row)
    if chart.inside is not None:
        cells = _lined(cells, chart.inside, left, each, glyphs)
    cells = cells.write(0, 0, f"{row_name[: left - 1].rjust(left - 1)} {column_name}", Ink.QUIET)
    return _labeled(cells, column_labels, left, each, height - 1)


def _labeled(cells: Cells, labels: Sequence[str], left: int, each: int, row: int) -> Cells:
    """With as many of the columns' labels as have room, at equal distances."""
    longest = max(map(len, labels), default=0) + 1
    every = -(-longest // each)
    for column in range(0, len(labels), every):
        cells = cells.write(left + each * column, row, labels[column], Ink.TEXT)
    return cells


def tile_cells(tile: Tile, width: int, glyphs: Glyphs = "braille") -> Cells:
    """One tile in a row: the verdict's shape, the shade of the share, and the share in percent where there is room."""
    if not tile.code:
        return Cells.of_lines([UNKNOWN[glyphs].ljust(width)], Ink.QUIET)
    figure = f"{100 * tile.share:.0f}".rjust(3) if width + 1 >= NUMBERED else ""
    shade = SHADES[glyphs][min(4, int(np.ceil(4 * tile.share)))] * (width - 1 - len(figure))
    shape = Cells.of_lines([shape_of(tile.code, glyphs)], OUTCOMES[tile.code][1])
    return (
        Cells.blank(width, 1)
        .paste(shape, 0, 0)
        .write(1, 0, shade, Ink.TARGET)
        .write(1 + len(shade), 0, figure, Ink.TEXT)
    )


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
