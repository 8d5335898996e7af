"""A canvas of braille dots for curves, fast enough to draw every frame anew."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from periodic_tui.plotting.cells import SPACE, Cells, Glyphs, Ink
from periodic_tui.plotting.raster import Dots, polyline_dots

BRAILLE = 0x2800
BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], np.uint8)
"""[4, 2] the bit of each dot of a braille character (Unicode, block 2800)."""

DOTS_PER_CELL = {"braille": (2, 4), "ascii": (1, 1)}
"""Columns and rows of dots in a character."""

ASCII_STROKES = {
    Ink.QUIET: "-", Ink.TEXT: "+", Ink.NETWORK: "*", Ink.TARGET: ".", Ink.TROUBLE: "x", Ink.PALE: ",", Ink.MARK: ":",
}  # fmt: skip
ASCII_SHAPES = {"×": "x", "●": "o", "■": "#", "┊": ":", "┄": "=", "←": "<", "→": ">"}
"""Any other shape is a star."""

FAR = 2.0**40
"""Farther than any dot, and still an exact integer."""

Joined = NDArray[np.bool_] | None
"""[n - 1] whether a point is connected to the next; None: all are."""


def shape_point(shape: str, glyphs: Glyphs) -> int:
    """The code point of a one-character shape in a glyph set."""
    return ord(shape if glyphs == "braille" or shape.isascii() else ASCII_SHAPES.get(shape, "*"))


class Canvas:
    """A window onto the plane, drawn on with inks; where two share a cell, the later one wins.

    Inks read without color, too: the target is dotted, trouble is written in ×. What is not finite
    breaks a line and leaves × at the upper edge, trouble unless it is the target's. The upper left
    dot is at (x_low, y_high).

    Args:
        columns: in cells; a negative size counts as 0.
        rows: in cells.
        window: x_low, x_high, y_low, y_high, in the units of the data.
        glyphs: braille, or one character a dot.
    """

    def __init__(
        self, columns: int, rows: int, window: tuple[float, float, float, float], glyphs: Glyphs = "braille"
    ) -> None:
        self.columns, self.rows, self.window, self.glyphs = max(columns, 0), max(rows, 0), window, glyphs
        self.dots = DOTS_PER_CELL[glyphs]
        self.width, self.height = self.columns * self.dots[0], self.rows * self.dots[1]
        self._bits = np.zeros((self.rows, self.columns), np.uint8)
        self._shapes = np.zeros((self.rows, self.columns), np.uint32)
        self._ink = np.zeros((self.rows, self.columns), np.uint8)
        self._not_finite = np.zeros(self.columns, np.uint8)

    def line(self, x: ArrayLike, y: ArrayLike, ink: Ink, joined: Joined = None, shape: str = "") -> None:
        """A polyline through [n] points, of dots or of a character `shape`; dotted for the target."""
        kept, columns, rows = self._finite(x, y, ink)
        if not len(kept):
            return
        connected = np.diff(kept) == 1
        if joined is not None:
            connected &= joined[kept[:-1]]
        line_columns, line_rows, steep = polyline_dots(columns, rows, connected, self.width, self.height)
        if ink == Ink.TARGET:
            kept = np.where(steep, line_rows, line_columns) % 2 == 0
            line_columns, line_rows = line_columns[kept], line_rows[kept]
        self._draw(np.append(columns, line_columns), np.append(rows, line_rows), ink, shape)

    def band(self, x: ArrayLike, low: ArrayLike, high: ArrayLike, ink: Ink, joined: Joined = None) -> None:
        """Everything between two curves over [n] ascending x, checkered so that a line on it stays visible.

        Values that share a column of dots keep their extremes: a spike is never lost.
        """
        above, columns, upper = self._finite(x, high, ink)
        below, lower_columns, lower = self._finite(x, low, ink)
        part = np.zeros(np.size(x), np.int64) if joined is None else np.append(0, np.cumsum(~joined))
        parts = np.unique(part[above])
        dots = [
            self._between(columns[tops], upper[tops], lower_columns[bottoms], lower[bottoms])
            for tops, bottoms in zip(_runs(part[above], parts), _runs(part[below], parts), strict=True)
        ]
        if dots:
            across, down = map(np.concatenate, zip(*dots, strict=True))
            self._light(across, down, ink)

    def _between(self, columns: Dots, upper: Dots, lower_columns: Dots, lower: Dots) -> tuple[Dots, Dots]:
        """The dots of one unbroken band between two courses."""
        if not (len(columns) and len(lower_columns)) or not self.width:
            return columns[:0], upper[:0]
        reach = np.arange(max(columns[0], lower_columns[0], 0), min(columns[-1], lower_columns[-1], self.width - 1) + 1)
        top, bottom = _extreme(np.minimum, columns, upper, reach), _extreme(np.maximum, lower_columns, lower, reach)
        row = np.arange(self.height)[:, None]
        rows, places = np.nonzero((row >= top) & (row <= bottom) & ((row + reach) % 2 == 0))
        return reach[places], rows

    def points(self, x: ArrayLike, y: ArrayLike, ink: Ink, shape: str = "") -> None:
        """[n] single points, each a dot or a character `shape`."""
        _, columns, rows = self._finite(x, y, ink)
        self._draw(columns, rows, ink, shape)

    def vertical(self, x: float, ink: Ink) -> None:
        """A rule from top to bottom, as a command leaves at its step."""
        rows = np.arange(self.height) if math.isfinite(x) else np.empty(0, np.int64)
        self._stamp(self.across(np.full(len(rows), x)).astype(np.int64), rows, ink, "┊")

    def across(self, x: ArrayLike) -> NDArray[np.float64]:
        """Columns of dots, from the left, of values of x; NaN where they are not finite."""
        return _place(x, *self.window[:2], self.width)

    def down(self, y: ArrayLike) -> NDArray[np.float64]:
        """Rows of dots, from the top, of values of y; NaN where they are not finite."""
        return _place(-np.asarray(y, np.float64), -self.window[3], -self.window[2], self.height)

    def cells(self) -> Cells:
        """What is drawn so far."""
        shapes = np.where(self._bits > 0, BRAILLE + self._bits.astype(np.uint32), np.uint32(SPACE))
        glyphs = np.where(self._shapes > 0, self._shapes, shapes)
        ink = self._ink.copy()
        broken = self._not_finite > 0
        glyphs[:1, broken] = shape_point("×", self.glyphs)
        ink[:1, broken] = self._not_finite[broken]
        return Cells(glyphs, ink)

    def _finite(self, x: ArrayLike, y: ArrayLike, ink: Ink) -> tuple[Dots, Dots, Dots]:
        """Which points are finite, and their dots."""
        across, down = self.across(x), self.down(y)
        broken = across[np.isfinite(across) & ~np.isfinite(down) & (across >= 0) & (across < self.width)]
        at = broken.astype(np.int64) // self.dots[0]
        mark = ink if ink == Ink.TARGET else Ink.TROUBLE
        self._not_finite[at] = np.maximum(self._not_finite[at], mark)
        kept = np.flatnonzero(np.isfinite(across) & np.isfinite(down))
        return kept, across[kept].astype(np.int64), down[kept].astype(np.int64)

    def _draw(self, columns: Dots, rows: Dots, ink: Ink, shape: str) -> None:
        if shape:
            self._stamp(columns, rows, ink, shape)
        else:
            self._light(columns, rows, ink)

    def _light(self, columns: Dots, rows: Dots, ink: Ink) -> None:
        """Light dots, or write the character of an ink that has one of its own."""
        if self.glyphs == "ascii" or ink == Ink.TROUBLE:
            self._stamp(columns, rows, ink, ASCII_STROKES[ink] if self.glyphs == "ascii" else "×")
            return
        columns, rows = self._inside(columns, rows)
        plane = np.zeros((self.height, self.width), bool)
        plane[rows, columns] = True
        bits = braille_bits(plane)
        touched = bits > 0
        self._bits |= bits
        self._shapes[touched] = 0
        self._ink[touched] = ink

    def _stamp(self, columns: Dots, rows: Dots, ink: Ink, shape: str) -> None:
        """Write a character into the cells of these dots."""
        columns, rows = self._inside(columns, rows)
        place = (rows // self.dots[1], columns // self.dots[0])
        self._shapes[place] = shape_point(shape, self.glyphs)
        self._bits[place] = 0
        self._ink[place] = ink

    def _inside(self, columns: Dots, rows: Dots) -> tuple[Dots, Dots]:
        inside = (columns >= 0) & (columns < self.width) & (rows >= 0) & (rows < self.height)
        return columns[inside], rows[inside]


def braille_bits(dots: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """[rows, columns] what to add to BRAILLE for [4 · rows, 2 · columns] dots."""
    blocks = dots.reshape(len(dots) // 4, 4, dots.shape[1] // 2, 2)
    bits: NDArray[np.uint8] = np.einsum("rdcs,ds->rc", blocks, BITS)
    return bits


def _place(values: ArrayLike, low: float, high: float, size: int) -> NDArray[np.float64]:
    """Dots of values: `low` is the middle of the first dot, `high` of the last. What is not finite is NaN."""
    values = np.asarray(values, np.float64)
    span = high - low if high > low else 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        dots = np.clip(np.rint((values - low) / span * max(size - 1, 0)), -FAR, FAR)
    return np.where(np.isfinite(values), dots, np.nan)


def _runs(part: Dots, parts: Dots) -> list[slice]:
    """Where each of the ascending `parts` is in an ascending array of them."""
    return list(map(slice, np.searchsorted(part, parts).tolist(), np.searchsorted(part, parts, "right").tolist()))


def _extreme(reduce: np.ufunc, columns: Dots, rows: Dots, reach: Dots) -> NDArray[np.float64]:
    """The smallest or largest row in each column of `reach`, interpolated where no point is."""
    starts = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1))
    return np.rint(np.interp(reach, columns[starts], reduce.reduceat(rows, starts)))
