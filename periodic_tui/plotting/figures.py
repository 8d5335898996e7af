"""Whole plots: curves in a frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from periodic_tui.engine.arrays import Floats
from periodic_tui.plotting.axes import Axis, window
from periodic_tui.plotting.canvas import ASCII_STROKES, Canvas, Joined, shape_point
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.frame import frame

Style = Literal["line", "band", "points", "dashes"]

DASH = "┄"
KEYS = {"line": "⠒⠒", "band": "⠪⠕", "points": "⠂", "dashes": 2 * DASH}
"""How the legend shows a style; in ASCII the ink has a stroke instead."""
DOTTED = "⠂⠂"
"""How it shows a line of the target."""
EVERYWHERE = np.array([-1e300, 1e300])
"""Beyond both ends of any axis."""


@dataclass(frozen=True, eq=False)
class Series:
    """One curve, in the units of the data."""

    x: ArrayLike
    """[n], ascending for a band."""
    y: ArrayLike
    """[n]; for a band its lower edge."""
    ink: Ink = Ink.NETWORK
    style: Style = "line"
    high: ArrayLike | None = None
    """[n] the upper edge of a band."""
    shape: str = "●"
    """The character of `points`; empty for a dot."""
    label: str = ""
    """Its name in the legend."""

    def draw(self, canvas: Canvas, x_axis: Axis, y_axis: Axis) -> None:
        """Draw onto a canvas whose window is in axis units."""
        high = self.y if self.high is None else self.high
        self._trace(canvas, x_axis.positions(self.x), y_axis.positions(self.y), y_axis.positions(high))

    def _trace(self, canvas: Canvas, x: Floats, y: Floats, high: Floats, joined: Joined = None) -> None:
        """Draw points in axis units."""
        match self.style:
            case "band":
                canvas.band(x, y, high, self.ink, joined)
            case "points":
                canvas.points(x, y, self.ink, self.shape)
            case "line":
                canvas.line(x, y, self.ink, joined)
            case "dashes":
                canvas.line(x, y, self.ink, joined, DASH)

    def key(self, glyphs: Glyphs) -> str:
        """The entry in the legend."""
        if self.style == "points" and self.shape:
            stroke = chr(shape_point(self.shape, glyphs))
        elif glyphs == "ascii":
            stroke = 2 * (chr(shape_point(DASH, glyphs)) if self.style == "dashes" else ASCII_STROKES[self.ink])
        else:
            stroke = DOTTED if self.style == "line" and self.ink == Ink.TARGET else KEYS[self.style]
        return f"{stroke} {self.label}"


def level(y: float, label: str = "") -> Series:
    """A horizontal rule along the whole of a linear axis, as the known answer has."""
    return Series(EVERYWHERE, np.full(2, y), Ink.TARGET, label=label)


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
    canvas = Canvas(still.columns, still.rows, window(x_axis, y_axis), glyphs)
    for x in x_axis.positions(list(marks)).tolist():
        canvas.vertical(x, Ink.MARK)
    for curve in series:
        curve.draw(canvas, x_axis, y_axis)
    return still.cells.paste(_legend(canvas.cells(), series, glyphs), still.column, 0)


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
