"""Short trends, a row each, a few cells wide."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from periodic_tui.plotting.canvas import dotted
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS

Values = NDArray[np.float64]

LEVELS = 4
LEAST_SPAN, BELOW = 1.0, 0.35
"""Powers of ten that a logarithmic trend spans at least, so that noise does not leave its level; and which share of
what is added to that lies below."""


def sparklines(
    values: Values, columns: int, scale: Literal["share", "log"], ink: Ink = Ink.NETWORK, glyphs: Glyphs = "braille"
) -> Cells:
    """A row of bars for each of `values` `[rows, looks]`: the last ones, the newest at the right; nothing for NaN.

    A `share` stands on 0 and reaches 1 at the top; `log` spans what its own row does.
    """
    of = GLYPH_SETS[glyphs]
    room = max(columns, 0) * (1 if of.levels else of.dots[0])
    if not room:
        return Cells.blank(0, len(values))
    shown = np.full((len(values), room), np.nan)
    if values.shape[1]:
        part = values[:, -room:]
        shown[:, room - part.shape[1] :] = part
    levels = _levels(shown if scale == "share" else _logarithmic(shown))
    if not of.levels:
        heights = np.arange(LEVELS, 0, -1)[None, :, None]
        return dotted((levels[:, None] >= heights).reshape(-1, room), ink, glyphs)
    points = np.array([ord(each) for each in of.levels], np.uint32)[levels]
    return Cells(points, np.full(points.shape, ink, np.uint8))


def _logarithmic(values: Values) -> Values:
    """From 0 at the least of a row to 1 at the largest; what is infinite is at the top, zero at the bottom."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log10(values)
    finite = np.isfinite(logs)
    low = np.where(finite, logs, np.inf).min(axis=1, initial=np.inf, keepdims=True)
    high = np.where(finite, logs, -np.inf).max(axis=1, initial=-np.inf, keepdims=True)
    none = ~np.isfinite(low)
    low, high = np.where(none, 0.0, low), np.where(none, 0.0, high)
    spare = np.maximum(LEAST_SPAN - (high - low), 0.0)
    shares: Values = (logs - low + BELOW * spare) / (high - low + spare)
    return shares


def _levels(shares: Values) -> NDArray[np.int64]:
    """From 1 to `LEVELS`; 0 for NaN."""
    known = ~np.isnan(shares)
    bounded = np.clip(np.where(known, shares, 0.0), 0.0, 1.0)
    return np.where(known, 1 + np.rint(bounded * (LEVELS - 1)).astype(np.int64), 0)
