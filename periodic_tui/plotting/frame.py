"""The frame of a plot: axes with ticks and labels, drawn by plotext once and kept. Nothing else imports plotext.

plotext lays out and draws the axes, joins their lines, and leaves out labels that would touch. Where the ticks are and
what they are called is ours (`axes`): plotext spreads ticks evenly from end to end, has neither 600k nor whole decades,
and labels ±0.25 as ±0.2.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from periodic_tui.plotting.axes import Axis, window
from periodic_tui.plotting.canvas import Canvas
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS

SMALLEST = (8, 4)
"""Columns and rows below which there are no axes."""
AXIS_ROWS = 2
"""The line below the canvas and its labels."""


@dataclass(frozen=True, eq=False)
class Frame:
    """Axes around an empty canvas."""

    cells: Cells
    column: int
    """Of the canvas, which begins in the upper row."""
    columns: int
    rows: int


@lru_cache(maxsize=128)
def frame(columns: int, rows: int, x_axis: Axis, y_axis: Axis, x_label: str = "", glyphs: Glyphs = "braille") -> Frame:
    """Axes at the left and below, `x_label` at the end of the lower one; where they don't fit, only a canvas."""
    left = max(map(len, y_axis.labels)) + 1
    if columns < SMALLEST[0] or rows < SMALLEST[1] or left > columns // 2:
        return Frame(Cells.blank(columns, rows), 0, max(columns, 0), max(rows, 0))
    width, height = columns - left, rows - AXIS_ROWS
    lines = _draw(columns, rows, Canvas(width, height, window(x_axis, y_axis), glyphs), x_axis, y_axis)
    lines = [line.translate(GLYPH_SETS[glyphs].axes) for line in lines]
    cells = Cells.blank(columns, rows).paste(Cells.of_lines(lines, Ink.QUIET), 0, 0)
    x_label = GLYPH_SETS[glyphs].written(x_label)
    if x_label and len(x_label) + 1 < width // 2:
        cells = cells.write(columns - len(x_label) - 1, height, f" {x_label}", Ink.QUIET)
    cells.glyphs.setflags(write=False)
    cells.ink.setflags(write=False)
    return Frame(cells, left, width, height)


def preload() -> None:
    """Import plotext now (a tenth of a second), for whoever has time before the first plot."""
    import plotext  # noqa: F401


def _draw(columns: int, rows: int, canvas: Canvas, x_axis: Axis, y_axis: Axis) -> list[str]:
    """The lines of an empty plot. Ticks come to the cells of the canvas, so that plotext has nothing left to round."""
    import plotext

    # A figure of our own: plotext's global one is shared between threads.
    figure: Any = type(plotext.figure)(type(plotext.terminal)().limit(False, False))
    figure.theme("colorless").plot_size(columns, rows)
    figure.axes(False, axis="x", side="upper").axes(False, axis="y", side="right")
    x_cells, y_cells = canvas.across(x_axis.ticks) // canvas.dots[0], canvas.down(y_axis.ticks) // canvas.dots[1]
    x_ruler, y_ruler = figure.ruler("x", "lower"), figure.ruler("y", "left").direction(-1)
    x_ruler.lim(0, max(canvas.columns - 1, 1)).ticks(x_cells.tolist(), x_axis.labels)
    y_ruler.lim(0, max(canvas.rows - 1, 1)).ticks(y_cells.tolist(), y_axis.labels)
    figure.draw(figure.signal([0], [0], marker=" "))
    lines: list[str] = figure.build().string(colorless=True).split("\n")
    return lines
