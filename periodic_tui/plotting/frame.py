"""The still part of a plot: axes, ticks and labels, drawn by plotext and kept. Nothing else imports plotext."""

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np

from periodic_tui.plotting.axes import Axis
from periodic_tui.plotting.canvas import DOTS_PER_CELL, dots_of
from periodic_tui.plotting.cells import Cells, Glyphs, Ink

ASCII_BORDERS = str.maketrans("│─┤├┬┴└┌┐┘┼", "|-+++++++++")
SMALLEST = (8, 4)
"""Columns and rows below which there are no axes."""
AXIS_ROWS = 2
"""The line below the canvas and its labels."""


@dataclass(frozen=True, eq=False)
class Frame:
    """Axes around an empty canvas."""

    cells: Cells
    column: int
    """Of the upper left cell of the canvas."""
    row: int
    columns: int
    rows: int


@lru_cache(maxsize=128)
def frame(columns: int, rows: int, x_axis: Axis, y_axis: Axis, x_label: str = "", glyphs: Glyphs = "braille") -> Frame:
    """Axes at the left and below, `x_label` at the end of the lower one; where they don't fit, only a canvas."""
    left = max(map(len, y_axis.labels)) + 1
    if columns < SMALLEST[0] or rows < SMALLEST[1] or left > columns // 2:
        return Frame(Cells.blank(columns, rows), 0, 0, max(columns, 0), max(rows, 0))
    width, height = columns - left, rows - AXIS_ROWS
    across, down = DOTS_PER_CELL[glyphs]
    lines = _draw(columns, rows, _across(x_axis, width, across), _upward(y_axis, height, down))
    if glyphs == "ascii":
        lines = [line.translate(ASCII_BORDERS) for line in lines]
    cells = Cells.blank(columns, rows).paste(Cells.of_lines(lines, Ink.QUIET), 0, 0)
    if x_label and len(x_label) + 1 < width // 2:
        cells = cells.write(columns - len(x_label) - 1, height, f" {x_label}", Ink.QUIET)
    cells.glyphs.setflags(write=False)
    cells.ink.setflags(write=False)
    return Frame(cells, left, 0, width, height)


def preload() -> None:
    """Import plotext now (a tenth of a second), for whoever has time before the first plot."""
    _plotext()


@cache
def _plotext() -> Any:
    """plotext, imported at the first plot so that the first paint need not wait for it."""
    import plotext

    return plotext


Ticks = tuple[int, list[int], tuple[str, ...]]
"""Cells along an axis, and the cell and label of each tick."""


def _across(axis: Axis, size: int, dots: int) -> Ticks:
    """Ticks in whole cells, rounded as the canvas rounds: plotext then has nothing left to round."""
    columns = dots_of(axis.ticks, axis.low, axis.high, size * dots) // dots
    return size, columns.astype(int).tolist(), axis.labels


def _upward(axis: Axis, size: int, dots: int) -> Ticks:
    rows = dots_of(np.negative(axis.ticks), -axis.high, -axis.low, size * dots) // dots
    return size, (size - 1 - rows).astype(int).tolist(), axis.labels


def _draw(columns: int, rows: int, x_ticks: Ticks, y_ticks: Ticks) -> list[str]:
    """The lines of an empty plot, from a figure of its own: plotext's global one is shared between threads."""
    plotext = _plotext()
    figure = type(plotext.figure)(type(plotext.terminal)().limit(False, False))
    figure.theme("colorless").plot_size(columns, rows)
    sides = (("x", "lower", "upper", x_ticks), ("y", "left", "right", y_ticks))
    for name, side, other_side, (size, places, labels) in sides:
        figure.axes(False, axis=name, side=other_side)
        figure.ruler(name, side).lim(0, max(size - 1, 1)).ticks(places, labels)
    figure.draw(figure.signal([0], [0], marker=" "))
    lines: list[str] = figure.build().string(colorless=True).split("\n")
    return lines
