"""Many small pictures of equal size at once: curves, and heat maps."""

import numpy as np
from numpy.typing import NDArray

from periodic_tui.plotting.canvas import dotted
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.heat import SEQUENTIAL, heat_map

Values = NDArray[np.float64]


def tiles(values: Values, columns: int, rows: int, color: bool, glyphs: Glyphs = "braille") -> list[Cells]:
    """A picture of so many cells for each of `values` `[tiles, points]` (a curve) or `[tiles, side, side]` (a map).

    Each has the scale of its own values, and of zero: so a curve that is nowhere negative stands on its zero.
    """
    shares = _shares(values)
    if values.ndim == 2:
        return _curves(shares, columns, rows, glyphs)
    palette = SEQUENTIAL if color else None
    beside = heat_map(np.concatenate(list(shares), axis=1), columns * len(values), rows, 0.0, 1.0, palette, glyphs)
    return [_part(beside, slice(n * columns, (n + 1) * columns)) for n in range(len(values))]


def _shares(values: Values) -> Values:
    """From 0 for the least value of a tile, or zero, to 1 for the largest; NaN where not finite."""
    finite = np.where(np.isfinite(values), values, np.nan)
    flat = np.nan_to_num(finite).reshape(len(values), -1)
    low, high = np.minimum(flat.min(1), 0.0), np.maximum(flat.max(1), 0.0)
    shape = (-1, *[1] * (values.ndim - 1))
    span = np.where(high > low, high - low, 1.0)
    return np.asarray((finite - low.reshape(shape)) / span.reshape(shape))


def _curves(shares: Values, columns: int, rows: int, glyphs: Glyphs) -> list[Cells]:
    across, down = GLYPH_SETS[glyphs].dots
    width, height = columns * across, rows * down
    places = np.rint(np.linspace(0, shares.shape[1] - 1, width)).astype(int)
    points = np.rint((1 - np.nan_to_num(shares[:, places])) * (height - 1))
    before = np.concatenate([points[:, :1], points[:, :-1]], axis=1)
    # A steep stretch is drawn from where the curve comes from, without the dot there.
    top = np.minimum(points, before + np.sign(points - before))[:, None]
    bottom = np.maximum(points, before + np.sign(points - before))[:, None]
    row = np.arange(height)[:, None]
    return [dotted(dots, Ink.NETWORK, glyphs) for dots in (row >= top) & (row <= bottom)]


def _part(cells: Cells, columns: slice) -> Cells:
    colors = None if cells.colors is None else cells.colors[:, columns]
    return Cells(cells.glyphs[:, columns], cells.ink[:, columns], colors)
