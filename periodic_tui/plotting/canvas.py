"""A canvas of dots for curves, fast enough to draw every frame anew."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS, GlyphSet
from periodic_tui.plotting.raster import Dots, polyline_dots

PATTERNS = {Ink.TARGET: (1, 2), Ink.TEXT: (3, 4), Ink.MARK: (2, 4), Ink.PALE: (1, 3), Ink.QUIET: (1, 4)}
"""How many of how many dots of a line are lit: every ink's line has a look of its own. The network's are all lit."""

FAR = 2.0**40
"""Farther than any dot, and still an exact integer."""

Joined = NDArray[np.bool_] | None
"""[n - 1] whether a point is connected to the next; None: all are."""


class Canvas:
    """A window onto the plane, drawn on with inks; where two share a cell, the later one wins.

    Inks read without color, too: lines are broken by `PATTERNS`, trouble is written in ×. What is not finite
    breaks a line and leaves × at the upper edge, trouble unless it is the target's. The upper left
    dot is at (x_low, y_high).

    Args:
        columns: in cells; a negative size counts as 0.
        rows: in cells.
        window: x_low, x_high, y_low, y_high, in the units of the data.
        glyphs: of which dots, or characters of the inks, are taken.
    """

    def __init__(
        self, columns: int, rows: int, window: tuple[float, float, float, float], glyphs: Glyphs = "braille"
    ) -> None:
        self.columns, self.rows, self.window, self.set = max(columns, 0), max(rows, 0), window, GLYPH_SETS[glyphs]
        self.dots = self.set.dots
        self.width, self.height = self.columns * self.dots[0], self.rows * self.dots[1]
        self._bits = np.zeros((self.rows, self.columns), np.uint8)
        self._shapes = np.zeros((self.rows, self.columns), np.uint32)
        self._ink = np.zeros((self.rows, self.columns), np.uint8)
        self._not_finite = np.zeros(self.columns, np.uint8)

    def line(self, x: ArrayLike, y: ArrayLike, ink: Ink, joined: Joined = None, shape: str = "") -> None:
        """A polyline through [n] points, of dots in the pattern of its ink, or of a character `shape`."""
        kept, columns, rows = self._finite(x, y, ink)
        if not len(kept):
            return
        connected = np.diff(kept) == 1
        if joined is not None:
            connected &= joined[kept[:-1]]
        line_columns, line_rows = polyline_dots(columns, rows, connected, self.width, self.height)
        if ink in PATTERNS and not (shape or self.set.strokes):
            line_columns, line_rows = _broken(line_columns, line_rows, *PATTERNS[ink])
        alone = ~(np.append(False, connected) | np.append(connected, False))
        self._draw(np.append(columns[alone], line_columns), np.append(rows[alone], line_rows), ink, shape)

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
        points = _characters(self.set)[self._bits]
        glyphs = np.where(self._shapes > 0, self._shapes, points)
        ink = self._ink.copy()
        broken = self._not_finite > 0
        glyphs[:1, broken] = ord(self.set.shape("×"))
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
        if self.set.strokes or ink == Ink.TROUBLE:
            self._stamp(columns, rows, ink, self.set.strokes[ink] if self.set.strokes else "×")
            return
        columns, rows = self._inside(columns, rows)
        plane = np.zeros((self.height, self.width), bool)
        plane[rows, columns] = True
        patterns = _patterns(plane, self.set)
        touched = patterns > 0
        self._bits |= patterns
        self._shapes[touched] = 0
        self._ink[touched] = ink

    def _stamp(self, columns: Dots, rows: Dots, ink: Ink, shape: str) -> None:
        """Write a character into the cells of these dots."""
        columns, rows = self._inside(columns, rows)
        place = (rows // self.dots[1], columns // self.dots[0])
        self._shapes[place] = ord(self.set.shape(shape))
        self._bits[place] = 0
        self._ink[place] = ink

    def _inside(self, columns: Dots, rows: Dots) -> tuple[Dots, Dots]:
        inside = (columns >= 0) & (columns < self.width) & (rows >= 0) & (rows < self.height)
        return columns[inside], rows[inside]


def _broken(columns: Dots, rows: Dots, lit: int, period: int) -> tuple[Dots, Dots]:
    """So many of every so many dots along a line."""
    moves = np.append(True, (np.diff(columns) != 0) | (np.diff(rows) != 0))[: len(columns)]
    columns, rows = columns[moves], rows[moves]
    kept = np.arange(len(columns)) % period < lit
    return columns[kept], rows[kept]


def dotted(dots: NDArray[np.bool_], ink: Ink, glyphs: Glyphs) -> Cells:
    """A picture of dots [rows, columns], as many as whole characters hold."""
    codes = _characters(GLYPH_SETS[glyphs])[_patterns(dots, GLYPH_SETS[glyphs])]
    return Cells(codes, np.full(codes.shape, ink, np.uint8))


def _characters(of: GlyphSet) -> NDArray[np.uint32]:
    """The code point of each pattern of dots."""
    return np.array([ord(character) for character in of.patterns], np.uint32)


def _patterns(dots: NDArray[np.bool_], of: GlyphSet) -> NDArray[np.uint8]:
    """[rows, columns] the pattern of each character."""
    across, down = of.dots
    blocks = dots.reshape(len(dots) // down, down, dots.shape[1] // across, across)
    patterns: NDArray[np.uint8] = np.einsum("rdcs,ds->rc", blocks, np.array(of.bits, np.uint8))
    return patterns


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
