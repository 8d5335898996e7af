"""Where hidden units stand, row by row, as cells or as thumbnails of what they do; and the cursor's ways there."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from periodic_tui.engine.snapshot import Layer

Unit = tuple[int, int]
"""Layer and number."""

LABEL = 10
"""Columns for a layer's name."""
CAPTION = 4
"""Columns for a unit's number and state, beside its thumbnail and apart from it."""
CURVE = (5, 16, 2, 5)
"""Fewest and most columns, fewest and most rows of a thumbnail over one input."""
MAP = (4, 20, 2, 10)
"""The same over two: as wide as high, and a row is as high as two columns are wide."""


class Row(NamedTuple):
    """Units of a layer that stand side by side."""

    layer: int
    first: int
    units: int
    step: int
    """Columns from one unit to the next."""
    height: int = 1
    """Rows, with the empty one below thumbnails."""
    tile: tuple[int, int] | None = None
    """Columns and rows of a thumbnail; None for cells."""


def unit_rows(layers: Sequence[Layer], width: int, height: int) -> list[Row]:
    """All rows, with thumbnails where all that there are have room, or cells alone."""
    cells = grid_rows(layers, width)
    small = [index for index, layer in enumerate(layers) if layer.thumbnails.size]
    if not small:
        return cells
    # The row that keeps thumbnails from the next ones may fall off the end.
    taken = sum(row.layer not in small for row in cells) - (len(layers) - 1 in small)
    room = (height - taken) // len(small)
    rows: list[Row] = []
    for index, layer in enumerate(layers):
        own = list(tile_rows(index, layer, width - LABEL, room)) if index in small else []
        if index in small and not own:
            return cells
        rows += own or [row for row in cells if row.layer == index]
    return rows


def grid_rows(layers: Sequence[Layer], width: int) -> list[Row]:
    """All rows of a grid of so many columns; the cells of small layers stand apart."""
    rows: list[Row] = []
    room = max(width - LABEL, 1)
    for index, layer in enumerate(layers):
        step = next((step for step in (4, 2) if layer.units * step <= room), 1)
        across = max(room // step, 1)
        rows += [Row(index, n, min(across, layer.units - n), step) for n in range(0, layer.units, across)]
    return rows


def tile_rows(index: int, layer: Layer, width: int, height: int) -> Iterator[Row]:
    """The rows of a layer's thumbnails, as large as fits; none where they would be too small."""
    across, tile = max(_choices(layer, width, height), key=lambda choice: choice[1][0] * choice[1][1])
    if tile[0] and tile[1]:
        for first in range(0, layer.units, across):
            units = min(across, layer.units - first)
            yield Row(index, first, units, tile[0] + CAPTION, tile[1] + 1, tile)


def _choices(layer: Layer, width: int, height: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """How many thumbnails stand side by side, and how large each is then."""
    is_map = layer.thumbnails.ndim == 3
    for lines in range(1, layer.units + 1):
        across = -(-layer.units // lines)
        columns, rows = width // across - CAPTION, height // lines - 1
        if is_map:
            rows = min(rows, columns // 2)
            columns = 2 * rows
        fewest, most, lowest, highest = MAP if is_map else CURVE
        fits = columns >= fewest and rows >= lowest
        yield across, (min(columns, most), min(rows, highest)) if fits else (0, 0)


def row_of(rows: Sequence[Row], cursor: Unit) -> int:
    """The number of the row in which a unit stands; 0 where there is none."""
    layer, unit = cursor
    places = (n for n, row in enumerate(rows) if row.layer == layer and row.first <= unit < row.first + row.units)
    return next(places, 0)


def unit_at(rows: Sequence[Row], column: int, line: int) -> Unit | None:
    """The unit at a cell of the rows, the first of which is at line 0; None where none is."""
    for row in rows:
        if 0 <= line < row.height:
            place = (column - LABEL) // row.step
            return (row.layer, row.first + place) if 0 <= place < row.units else None
        line -= row.height
    return None


def moved(rows: Sequence[Row], cursor: Unit, across: int, down: int) -> Unit:
    """The unit beside or below another one; the cursor stays where nothing is."""
    if not rows:
        return cursor
    at = row_of(rows, cursor)
    row = rows[min(max(at + down, 0), len(rows) - 1)]
    place = cursor[1] - rows[at].first + across
    return row.layer, row.first + min(max(place, 0), row.units - 1)
