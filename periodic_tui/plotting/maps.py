"""Heat maps side by side, in true proportions, and lines over them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from periodic_tui.plotting.canvas import dotted
from periodic_tui.plotting.cells import SPACE, Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.heat import Palette, heat_map

GAP = 2
"""Columns between two maps."""
BANDS = 12
"""Of a banded map."""
WHITE = 255


@dataclass(frozen=True, eq=False)
class Map:
    """A table of values and how it is shown."""

    title: str
    values: ArrayLike
    """[h, w], its first row on top."""
    low: float
    """The value of the first color."""
    high: float
    palette: Palette | None
    """None for characters."""
    ink: Ink = Ink.TEXT
    """Of the title."""
    lines: NDArray[np.bool_] | None = None
    """[4 · rows, 2 · columns] dots that are drawn over it, for the size that `map_size` tells."""


def map_size(size: tuple[int, int], maps: int, shape: tuple[int, ...]) -> tuple[int, int]:
    """Columns and rows of each of so many maps of [h, w] values: as large as fits, values as high as wide."""
    return _largest(size, maps, shape)[1:]


def _largest(size: tuple[int, int], maps: int, shape: tuple[int, ...]) -> tuple[int, int, int]:
    """How many maps stand side by side, and the columns and rows of each, so that they are largest."""
    choices = [(across, *_size_beside(size, maps, across, shape)) for across in range(max(maps, 1), 0, -1)]
    return max(choices, key=lambda choice: choice[1] * choice[2])


def _size_beside(size: tuple[int, int], maps: int, across: int, shape: tuple[int, ...]) -> tuple[int, int]:
    columns, rows = (size[0] - GAP * (across - 1)) // across, max(size[1] // -(-maps // across) - 1, 0)
    height, width = max(shape[0], 1), max(shape[1], 1)
    wide = max(min(columns, 2 * rows * width // height), 0)
    return wide, min(rows, -(-wide * height // (2 * width)))


def side_by_side(size: tuple[int, int], maps: Sequence[Map], glyphs: Glyphs = "braille") -> Cells:
    """Maps of equally large tables in reading order, each below its title."""
    cells = Cells.blank(*size)
    if not maps:
        return cells
    across, columns, rows = _largest(size, len(maps), np.shape(maps[0].values))
    gap = min(max(GAP, (size[0] - across * columns) // (across + 1)), 4 * GAP)
    left = max((size[0] - across * (columns + gap) + gap) // 2, 0)
    for number, one in enumerate(maps):
        picture = heat_map(one.values, columns, rows, one.low, one.high, one.palette, glyphs)
        if one.lines is not None:
            picture = lined(picture, one.lines, glyphs)
        column, row = left + number % across * (columns + gap), number // across * (rows + 1)
        title = one.title[: max(columns + gap - 1, 0)]
        cells = cells.paste(picture, column, row + 1).write(column, row, title, one.ink)
    return cells


def banded(values: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
    """Values rounded to a few, so that the edges between them are level lines; same shape."""
    table = np.asarray(values, np.float64)
    span = high - low if high > low else 1.0
    return np.asarray(low + (np.floor((table - low) / span * BANDS) + 0.5) / BANDS * span)


def lined(cells: Cells, dots: NDArray[np.bool_], glyphs: Glyphs = "braille") -> Cells:
    """A map with white dots [4 · rows, 2 · columns] on its colors."""
    drawn = dotted(dots[: 4 * cells.rows, : 2 * cells.columns], Ink.NETWORK, "braille").glyphs
    on, shapes, ink = drawn != SPACE, cells.glyphs.copy(), cells.ink.copy()
    line = GLYPH_SETS[glyphs].line
    shapes[on] = ord(line) if line else drawn[on]
    if cells.colors is None:
        ink[on] = Ink.NETWORK
        return Cells(shapes, ink)
    colors, behind = cells.colors.copy(), cells.colors[on].mean(axis=1)
    colors[on, 0], colors[on, 1], ink[on] = WHITE, behind, Ink.RGB
    return Cells(shapes, ink, colors)


def zero_lines(
    weights: ArrayLike, bias: ArrayLike, low: float, high: float, columns: int, rows: int
) -> NDArray[np.bool_]:
    """Where w · x + b changes its sign, over the square of two inputs from `low` to `high`.

    Args:
        weights: [units, 2].
        bias: [units], or empty for none.
        columns: of the map, which has two dots in each.
        rows: of the map, which has four dots in each.
    """
    w, b = np.asarray(weights, np.float64), np.asarray(bias, np.float64)
    across, down = np.linspace(low, high, 2 * columns), np.linspace(high, low, 4 * rows)
    lines = np.zeros((4 * rows, 2 * columns), bool)
    for unit, (first, second) in enumerate(w):
        lines |= _edges(first * across + second * down[:, None] + (b[unit] if b.size else 0.0))
    return lines


def fold_line(values: ArrayLike, columns: int, rows: int) -> NDArray[np.bool_]:
    """Where a table of values [h, w] changes its sign, as dots [4 · rows, 2 · columns] over its map."""
    table = np.asarray(values, np.float64)
    for size in (2 * columns, 4 * rows):
        places = np.linspace(0, table.shape[1] - 1, max(size, 1))
        left = np.minimum(places.astype(int), max(table.shape[1] - 2, 0))
        right = np.minimum(left + 1, table.shape[1] - 1)
        table = (table[:, left] + (places - left) * (table[:, right] - table[:, left])).T
    return _edges(table)


def _edges(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The dots of a table at which it turns from zero or less to more, or back."""
    positive, edges = values > 0, np.zeros(values.shape, bool)
    edges[:, 1:] |= positive[:, 1:] != positive[:, :-1]
    edges[1:] |= positive[1:] != positive[:-1]
    return edges
