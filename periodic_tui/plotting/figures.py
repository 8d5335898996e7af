"""Whole plots: curves in a frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from periodic_tui.engine.arrays import Floats
from periodic_tui.plotting.axes import Axis, window
from periodic_tui.plotting.canvas import Canvas, Joined
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.frame import frame
from periodic_tui.plotting.glyphs import GLYPH_SETS

Style = Literal["line", "band", "points", "dashes"]

DASH = "┄"
SAMPLE = 4
"""Dots of a line in the legend."""
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

    def is_seen(self, x_axis: Axis, y_axis: Axis) -> bool:
        """Whether something of it is within the axes, as far as its extremes tell."""
        x, y = x_axis.positions(self.x), y_axis.positions(self.y)
        high = y if self.high is None else y_axis.positions(self.high)
        lower, upper = y[np.isfinite(y)], high[np.isfinite(high)]
        if not (x.size and lower.size and upper.size):
            return False
        across = x.min() <= x_axis.high and x.max() >= x_axis.low
        return bool(across and lower.min() <= y_axis.high and upper.max() >= y_axis.low)

    def sample(self, glyphs: Glyphs) -> str:
        """A short piece of it, as the canvas draws it."""
        return _sample(self.style, self.ink, self.shape, glyphs)


@lru_cache(maxsize=64)
def _sample(style: Style, ink: Ink, shape: str, glyphs: Glyphs) -> str:
    """A cell of points; of a line as many as it takes to tell it from others."""
    across = 1 if style == "points" else max(SAMPLE // GLYPH_SETS[glyphs].dots[0], 2)
    whole = Axis(0.0, 1.0, (0.0, 1.0), ("0", "1"))
    canvas = Canvas(across, 1, (0.0, 1.0, 0.0, 1.0), glyphs)
    low, high = (0.0, 1.0) if style == "band" else (0.5, 0.5)
    Series([0.0, 1.0], [low, low], ink, style, [high, high], shape).draw(canvas, whole, whole)
    return canvas.cells().text()[0]


@dataclass(frozen=True)
class Name:
    """What a curve is called, and how it looks."""

    sample: str
    label: str
    ink: Ink


def names(series: Sequence[Series], x_axis: Axis, y_axis: Axis, glyphs: Glyphs) -> list[Name]:
    """The legend: a name for each curve that has one and that is seen, from back to front."""
    named = (curve for curve in series if curve.label and curve.is_seen(x_axis, y_axis))
    return [Name(curve.sample(glyphs), curve.label, curve.ink) for curve in named]


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
    """Axes with curves, from back to front: marks, series.

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
    return still.cells.paste(canvas.cells(), still.column, 0)
