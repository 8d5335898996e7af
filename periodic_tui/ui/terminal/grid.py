"""A screen as two numbers for each cell: its character's, and that of the pen that draws it."""

import re
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.cells import split_graphemes
from textual.strip import Strip

from periodic_tui.ui.terminal.pens import Pens

Numbers = NDArray[np.int32]

RIGHT_HALF = 0
"""In the place of a character: the cell is covered by the wide one at its left."""
UNKNOWN = -1
SPACE = ord(" ")
_FIRST_CLUSTER = 0x110000
_RANGES = (
    *((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x2FF), (0x370, 0x482), (0x2010, 0x2027), (0x2190, 0x21FF)),
    *((0x2200, 0x22FF), (0x2500, 0x25FC), (0x2800, 0x28FF)),
)
SINGLE = frozenset(map(chr, chain.from_iterable(range(first, last + 1) for first, last in _RANGES)))
"""Characters of one cell each, which are what nearly every row is made of."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Grid(NamedTuple):
    """The cells of a screen, [rows, columns]."""

    characters: Numbers
    """A code point; more for a character of several; `RIGHT_HALF`; or `UNKNOWN`."""
    pens: Numbers

    @classmethod
    def unknown(cls, rows: int, columns: int) -> "Grid":
        """Cells that are not known."""
        return cls(np.full((rows, columns), UNKNOWN, np.int32), np.full((rows, columns), UNKNOWN, np.int32))


class Characters:
    """A number for each character, also for those of several code points."""

    def __init__(self) -> None:
        self._clusters: list[str] = []
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._clusters)

    def number(self, character: str) -> int:
        if len(character) == 1:
            return ord(character)
        if character not in self._numbers:
            self._numbers[character] = _FIRST_CLUSTER + len(self._clusters)
            self._clusters.append(character)
        return self._numbers[character]

    def __getitem__(self, number: int) -> str:
        return chr(number) if number < _FIRST_CLUSTER else self._clusters[number - _FIRST_CLUSTER]


def cells_of(strip: Strip, pens: Pens, characters: Characters) -> Grid:
    """A strip's cells, in one row."""
    texts = [(segment.text, pens.numbers(segment.style)) for segment in strip if not segment.control]
    if SINGLE.issuperset(strip.text):
        numbers = np.frombuffer(strip.text.encode("utf-32-le"), "<i4")
        lengths = [len(text) for text, _ in texts]
    else:
        rows = [_uncommon(text, characters) for text, _ in texts]
        numbers = np.fromiter(chain.from_iterable(rows), np.int32)
        lengths = [len(row) for row in rows]
    pairs = np.repeat(np.array([pair for _, pair in texts], np.int32).reshape(-1, 2), lengths, axis=0)
    return Grid(numbers, np.where(numbers == SPACE, pairs[:, 1], pairs[:, 0]))


def _uncommon(text: str, characters: Characters) -> list[int]:
    """Cells of a text with characters that are wide, or joined to others; control characters are no part of it."""
    text = _CONTROLS.sub("", text)
    cells: list[int] = []
    for start, end, width in split_graphemes(text)[0]:
        if width:
            cells += [characters.number(text[start:end]), *[RIGHT_HALF] * (width - 1)]
    return cells
