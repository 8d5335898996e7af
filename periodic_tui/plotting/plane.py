"""Points of the plane as arrows from the origin, each with its name at its end."""

from collections.abc import Sequence

import numpy as np

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.plotting.canvas import Canvas
from periodic_tui.plotting.cells import Cells, Glyphs, Ink

MARGIN = 1.2
"""How far the plane reaches, in units of the farthest coordinate."""


def arrows(
    points: Floats, names: Sequence[str], inks: Sequence[Ink], columns: int, rows: int, glyphs: Glyphs = "braille"
) -> Cells:
    """`points` `[n, 2]` in a plane that is as long as it is wide, with the origin in the middle; a later one lies on
    top. A cell is as high as two are wide. What is not finite is left out."""
    known: Mask = np.isfinite(points.sum(-1))
    high = MARGIN * float(np.abs(points[known]).max(initial=0.0)) or 1.0
    scale = high / max(min(columns, 2 * rows), 1)
    across, up = scale * columns, scale * 2 * rows
    canvas = Canvas(columns, rows, (-across, across, -up, up), glyphs)
    canvas.line([-across, across], [0, 0], Ink.QUIET)
    canvas.line([0, 0], [-up, up], Ink.QUIET)
    shown = [(point, name, ink) for point, name, ink, here in zip(points, names, inks, known, strict=True) if here]
    for (x, y), _, ink in shown:
        canvas.line([0, x], [0, y], ink)
    cells = canvas.cells()
    for (x, y), name, ink in shown:
        column, row = (
            int(dots) // each for dots, each in zip((canvas.across(x), canvas.down(y)), canvas.dots, strict=True)
        )
        cells = cells.write(column, row, name, ink)
    return cells
