"""A row that tells which stretches of an axis were trained on and which were held out."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS

HELD_OUT = ("trained", "held out")
NOT_YET = ("trained now", "not yet")
"""Names of what is trained on and of the rest, where that is held out, or where a remedy will come to it."""


def region_row(
    columns: int,
    window: tuple[float, float],
    trained: Sequence[tuple[float, float]],
    glyphs: Glyphs = "braille",
    names: tuple[str, str] = HELD_OUT,
) -> Cells:
    """One row over a window of x: a heavy line where x is in a trained interval, with names where they fit."""
    x = np.linspace(*window, max(columns, 1))
    inside = np.zeros(len(x), bool)
    for low, high in trained:
        inside |= (x >= low) & (x <= high)
    cells, column = Cells.blank(columns, 1), 0
    for known, stretch in groupby(inside.tolist()):
        length = len(list(stretch))
        stroke, name = GLYPH_SETS[glyphs].stretches[not known], f" {names[not known]} "
        text = name.center(length, stroke) if length >= len(name) + 2 else stroke * length
        cells = cells.write(column, 0, text, Ink.TEXT if known else Ink.QUIET)
        column += length
    return cells
