"""Cells as Textual's strips, one for each row, in the colors of the theme."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from periodic_tui.plotting.cells import SPACE, Cells, Ink

INKS = tuple(ink for ink in Ink if ink != Ink.RGB)
COMPONENTS = {ink: f"ink--{ink.name.lower()}" for ink in INKS}
"""The component class that gives each ink its style."""


def row_strip(cells: Cells, row: int, styles: Sequence[Style]) -> Strip:
    """One row as a strip; `styles` has one for each ink but RGB, in their order."""
    glyphs = cells.glyphs[row]
    looks = _looks(cells, row)
    text = glyphs.astype("<u4").tobytes().decode("utf-32-le", "replace")
    starts = [0, *(np.flatnonzero(np.diff(looks)) + 1).tolist(), len(text)]
    parts = [(text[a:b], int(looks[a])) for a, b in pairwise(starts) if b > a]
    return Strip([Segment(t, styles[look] if look < len(styles) else _own(look)) for t, look in parts], len(text))


def changed_regions(old: Cells, new: Cells) -> list[Region]:
    """One region for each row of equally large pictures in which cells differ, from the first such cell to the last."""
    differs = (old.glyphs != new.glyphs) | (old.ink != new.ink) | _recolored(old, new)
    rows = np.flatnonzero(differs.any(axis=1))
    if not rows.size:
        return []
    first, last = differs[rows].argmax(axis=1), differs.shape[1] - differs[rows, ::-1].argmax(axis=1)
    return [Region(int(a), int(row), int(b - a), 1) for row, a, b in zip(rows, first, last, strict=True)]


def _recolored(old: Cells, new: Cells) -> NDArray[np.bool_]:
    own: NDArray[np.bool_] = new.ink == Ink.RGB
    return own if old.colors is None or new.colors is None else own & (old.colors != new.colors).any(axis=(2, 3))


def _looks(cells: Cells, row: int) -> NDArray[np.int64]:
    """A number for the look of each cell: its ink, or more for colors of its own. Blanks take their left neighbor's."""
    ink = cells.ink[row].astype(np.int64)
    own = ink == Ink.RGB
    blank = (cells.glyphs[row] == SPACE) & ~own
    last = np.maximum.accumulate(np.where(blank, 0, np.arange(len(ink))))
    looks: NDArray[np.int64] = np.where(own[last], Ink.QUIET, ink[last])
    if own.any() and cells.colors is not None:
        packed = cells.colors[row].reshape(-1, 6).astype(np.int64) @ (1 << np.arange(40, -1, -8))
        looks = np.where(own, packed + len(Ink), looks)
    return looks


@lru_cache(maxsize=4096)
def _own(look: int) -> Style:
    front, back = divmod(look - len(Ink), 1 << 24)
    color, behind = (Color.from_rgb(*packed.to_bytes(3, "big")) for packed in (front, back))
    return Style(color=color, bgcolor=behind)
