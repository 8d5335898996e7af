"""Cells: a rectangle of characters with inks, of which every figure is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

Glyphs = Literal["braille", "block", "ascii"]
"""The characters a figure may use: everything, those of a console's own font, or ASCII; `glyphs` has the table."""

Colors = NDArray[np.uint8]
"""[rows, columns, 2, 3] red, green and blue, of the character and of what is behind it."""

SPACE = ord(" ")


class Ink(IntEnum):
    """What a cell means; a theme gives each ink its color."""

    QUIET = 0
    """Borders and ticks."""
    TEXT = 1
    NETWORK = 2
    TARGET = 3
    """The target, or the known answer."""
    TROUBLE = 4
    PALE = 5
    """An older course of a curve, or the band around it."""
    MARK = 6
    """The step of a command."""
    CURSOR = 7
    """The cursor, where only the cell itself can show it: reversed."""
    RGB = 8
    """The cell has colors of its own, in `Cells.colors`."""


@dataclass(frozen=True, eq=False)
class Cells:
    """A picture of characters. Every method returns a new picture and clips what does not fit."""

    glyphs: NDArray[np.uint32]
    """[rows, columns] code points."""
    ink: NDArray[np.uint8]
    """[rows, columns] values of `Ink`."""
    colors: Colors | None = None
    """Used where `ink` is `Ink.RGB`; None where no cell is."""

    @classmethod
    def blank(cls, columns: int, rows: int) -> Self:
        """Spaces in `Ink.QUIET`; a negative size counts as 0."""
        shape = (max(rows, 0), max(columns, 0))
        return cls(np.full(shape, SPACE, np.uint32), np.zeros(shape, np.uint8))

    @classmethod
    def of_lines(cls, lines: Sequence[str], ink: Ink) -> Self:
        """One row for each line, padded to the longest."""
        columns = max(map(len, lines), default=0)
        text = "".join(line.ljust(columns) for line in lines)
        glyphs = np.frombuffer(text.encode("utf-32-le"), "<u4").astype(np.uint32).reshape(len(lines), columns)
        return cls(glyphs, np.full(glyphs.shape, ink, np.uint8))

    @property
    def columns(self) -> int:
        return int(self.glyphs.shape[1])

    @property
    def rows(self) -> int:
        return int(self.glyphs.shape[0])

    def text(self) -> list[str]:
        """The rows as strings, without their inks."""
        return ["".join(map(chr, row)) for row in self.glyphs.tolist()]

    def write(self, column: int, row: int, text: str, ink: Ink) -> Self:
        """This picture with a line of text in it."""
        return self.paste(type(self).of_lines([text], ink), column, row)

    def paste(self, other: "Cells", column: int, row: int) -> Self:
        """This picture with another on top, whose upper left cell comes to (column, row)."""
        rows, other_rows = _overlap(self.rows, other.rows, row)
        columns, other_columns = _overlap(self.columns, other.columns, column)
        here, there = (rows, columns), (other_rows, other_columns)
        glyphs, ink = self.glyphs.copy(), self.ink.copy()
        glyphs[here], ink[here] = other.glyphs[there], other.ink[there]
        colors = self.colors
        if other.colors is not None:
            colors = np.zeros((*glyphs.shape, 2, 3), np.uint8) if colors is None else colors.copy()
            colors[here] = other.colors[there]
        return type(self)(glyphs, ink, colors)


def _overlap(size: int, other: int, start: int) -> tuple[slice, slice]:
    """The cells that two ranges share, counted in the first and in the second, which begins at `start`."""
    first, last = max(start, 0), max(min(start + other, size), max(start, 0))
    if first >= size:
        return slice(0, 0), slice(0, 0)
    return slice(first, last), slice(first - start, last - start)
