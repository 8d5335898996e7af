"""Whole plots: curves in a frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from periodic_tui.plotting.axes import Axis
from periodic_tui.plotting.canvas import ASCII_STROKES, Canvas, shape_point
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.frame import frame

Style = Literal["auto", "line", "dotted", "band", "points"]

KEYS = {"line": "⠒⠒", "dotted": "⠂⠂", "band": "⠪⠕"}
"""How the legend shows a style; in ASCII the ink has a stroke instead."""


@dataclass(frozen=True, eq=False)
class Series:
    """One curve, in the units of the data."""

    x: ArrayLike
    """[n], ascending for a band."""
    y: ArrayLike
    """[n]; for a band its lower edge."""
    ink: Ink = Ink.NETWORK
    style: Style = "auto"
    """`auto`: dotted for the target, a line for the others."""
    high: ArrayLike | None = None
    """[n] the upper edge of a band."""
    shape: str = "●"
    """The character of `points`; empty for a dot."""
    label: str = ""
    """Its name in the legend."""

    def draw(self, canvas: Canvas, x_axis: Axis, y_axis: Axis) -> None:
        """Draw onto a canvas whose window is in axis units."""
        x, y = x_axis.positions(self.x), y_axis.positions(self.y)
        match self._style():
            case "band":
                canvas.band(x, y, y_axis.positions(self.y if self.high is None else self.high), self.ink)
            case "points":
                canvas.points(x, y, self.ink, self.shape)
            case style:
                canvas.line(x, y, self.ink, dotted=style == "dotted")

    def key(self, glyphs: Glyphs) -> str:
        """The entry in the legend."""
        if self._style() == "points" and self.shape:
            return f"{chr(shape_point(self.shape, glyphs))} {self.label}"
        stroke = 2 * ASCII_STROKES[self.ink] if glyphs == "ascii" else KEYS.get(self._style(), "⠂")
        return f"{stroke} {self.label}"

    def _style(self) -> str:
        return self.style if self.style != "auto" else "dotted" if self.ink == Ink.TARGET else "line"


def level(y: float, x_axis: Axis, ink: Ink = Ink.TARGET, label: str = "") -> Series:
    """A horizontal rule along the whole axis, as the known answer has."""
    x = np.array([x_axis.low, x_axis.high])
    return Series(10.0**x if x_axis.scale == "log" else x, np.full(2, y), ink, label=label)


def curve_figure(
    size: tuple[int, int],
    series: Sequence[Series],
    x_axis: Axis,
    y_axis: Axis,
    *,
    marks: Sequence[float] = (),
    x_label: str = "",
    glyphs: Glyphs = "braille",
) -> Cells:
    """Axes with curves, from back to front: marks, series, names.

    Args:
        size: columns and rows of the whole figure.
        series: curves, the later on top of the earlier.
        marks: steps of commands, in the units of x.
        x_label: at the end of the lower axis.
    """
    still = frame(*size, x_axis, y_axis, x_label, glyphs)
    canvas = Canvas(still.columns, still.rows, (x_axis.low, x_axis.high, y_axis.low, y_axis.high), glyphs)
    for x in x_axis.positions(list(marks)).tolist():
        canvas.vertical(x, Ink.MARK)
    for curve in series:
        curve.draw(canvas, x_axis, y_axis)
    return still.cells.paste(_legend(canvas.cells(), series, glyphs), still.column, still.row)


def _legend(picture: Cells, series: Sequence[Series], glyphs: Glyphs) -> Cells:
    """Names in the upper right corner, where there is room for them."""
    named = [curve for curve in series if curve.label]
    keys = [curve.key(glyphs) for curve in named]
    width = max(map(len, keys), default=0)
    if width * 2 > picture.columns or len(keys) * 2 > picture.rows:
        return picture
    for row, (curve, key) in enumerate(zip(named, keys, strict=True)):
        picture = picture.write(picture.columns - width, row, key.ljust(width), curve.ink)
    return picture
