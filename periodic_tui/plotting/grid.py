"""Grids: one character for each member of a population or each unit of a layer."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from periodic_tui.plotting.cells import Cells, Ink


def cell_grid(codes: ArrayLike, columns: int, rows: int, shapes: Sequence[str], inks: Sequence[Ink]) -> Cells:
    """Members in reading order: number i is at row i // columns, column i % columns.

    Args:
        codes: [n] integers, the index of each member's shape and ink.
        columns: of the grid.
        rows: of the grid; where members are left over, the last cell is a +.
        shapes: [codes] one character each.
        inks: [codes] one for each shape.
    """
    cells = Cells.blank(columns, rows)
    members = np.asarray(codes, np.int64).ravel()
    shown = members[: cells.glyphs.size]
    cells.glyphs.reshape(-1)[: len(shown)] = np.array([ord(shape) for shape in shapes], np.uint32)[shown]
    cells.ink.reshape(-1)[: len(shown)] = np.array(inks, np.uint8)[shown]
    if len(shown) < len(members):
        return cells.write(cells.columns - 1, cells.rows - 1, "+", Ink.QUIET)
    return cells
