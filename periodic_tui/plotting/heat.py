"""Heat maps that show two values in every cell, one above the other."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from periodic_tui.plotting.cells import Cells, Colors, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS

Palette = NDArray[np.uint8]
"""[stops, 3] colors from low to high; between them is interpolated."""

SEQUENTIAL: Palette = np.array([[0, 32, 76], [87, 93, 109], [166, 157, 117], [255, 234, 70]], np.uint8)
"""Four stops of cividis, which reads the same with any color vision (Nuñez, Anderton and Renslow, PLOS ONE 2018)."""
DIVERGING: Palette = np.array([[80, 160, 255], [24, 24, 24], [255, 150, 60]], np.uint8)
"""Blue, dark, orange: for signed values with `low` = -`high`."""

UPPER_HALF = ord("▀")


def heat_map(
    values: ArrayLike,
    columns: int,
    rows: int,
    low: float,
    high: float,
    palette: Palette | None = SEQUENTIAL,
    glyphs: Glyphs = "braille",
) -> Cells:
    """A table of values as colors, its first row on top; stretched or sampled to the size.

    Args:
        values: [h, w]. What is not finite becomes × in `Ink.TROUBLE`.
        columns: of the map.
        rows: of the map; each shows two rows of values.
        low: the value of the first color; smaller ones take it too.
        high: the value of the last color.
        palette: None for shades of characters, as in ASCII.
    """
    table = np.asarray(values)
    if min(columns, rows, table.size) <= 0:
        return Cells.blank(columns, rows)
    if palette is None or not GLYPH_SETS[glyphs].halves:
        sampled = _sample(table, columns, rows)
        return _cross_out(_ramp(_shares(sampled, low, high), GLYPH_SETS[glyphs].shades), np.isnan(sampled), glyphs)
    halves = _sample(table, columns, 2 * rows).reshape(rows, 2, columns).swapaxes(1, 2)
    ink = np.full((rows, columns), Ink.RGB, np.uint8)
    cells = Cells(np.full(ink.shape, UPPER_HALF, np.uint32), ink, _interpolate(_shares(halves, low, high), palette))
    return _cross_out(cells, np.asarray(np.isnan(halves).any(axis=2)), glyphs)


def _sample(table: NDArray[Any], columns: int, rows: int) -> NDArray[np.float64]:
    """The nearest value at the middle of each of rows × columns patches; NaN where it is not finite."""
    down = ((np.arange(rows) + 0.5) * table.shape[0] / rows).astype(int)
    across = ((np.arange(columns) + 0.5) * table.shape[1] / columns).astype(int)
    values: NDArray[np.float64] = table[down[:, None], across].astype(np.float64)
    return np.where(np.isfinite(values), values, np.nan)


def _shares(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Values from 0 at `low` to 1 at `high`; 0 where they are NaN."""
    span = high - low if high > low else 1.0
    return np.clip(np.nan_to_num((values - low) / span), 0.0, 1.0)


def _interpolate(shares: NDArray[np.float64], palette: Palette) -> Colors:
    stops = np.linspace(0, 1, len(palette))
    return np.stack([np.interp(shares, stops, palette[:, channel]) for channel in range(3)], axis=-1).astype(np.uint8)


def _ramp(shares: NDArray[np.float64], ramp: str) -> Cells:
    codes = np.array([ord(character) for character in ramp], np.uint32)
    glyphs = codes[np.minimum((shares * len(ramp)).astype(int), len(ramp) - 1)]
    return Cells(glyphs, np.full(glyphs.shape, Ink.TEXT, np.uint8))


def _cross_out(cells: Cells, where: NDArray[np.bool_], glyphs: Glyphs) -> Cells:
    cells.glyphs[where] = ord(GLYPH_SETS[glyphs].shape("×"))
    cells.ink[where] = Ink.TROUBLE
    return cells
