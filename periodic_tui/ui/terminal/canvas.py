"""What the screen should show, what the terminal shows, and the bytes between the two."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from periodic_tui.ui.terminal.grid import RIGHT_HALF, SINGLE, UNKNOWN, Characters, Grid, cells_of
from periodic_tui.ui.terminal.pens import PLAIN, STRANGE, Pens

Mask = NDArray[np.bool_]

MOST_NUMBERS = 8192
"""Pens and characters that are remembered; beyond it only those that are on the screen."""
CLEAR = "\x1b[0m\x1b[2J"
FLAT = 2
"""Rows of a line of figures or keys: such areas go first."""


class Canvas:
    """Takes updates of Textual's and gives, as text for the terminal, the cells that have changed."""

    def __init__(self, colors: ColorSystem) -> None:
        self._colors = colors
        self._wanted = self._shown = Grid.unknown(0, 0)
        self._clears = False
        self._turn = 0
        """The area that is sent first where not all of them can be."""
        self._pens, self._characters = Pens(colors), Characters()

    def forget(self) -> None:
        """The terminal may show anything: clear it and send every cell."""
        self._shown, self._clears = Grid.unknown(*self._wanted.pens.shape), True

    def paint(self, update: CompositorUpdate) -> None:
        """Take what has changed in the compositor."""
        if isinstance(update, LayoutUpdate):
            size = update.region.height, update.region.width
            if self._wanted.pens.shape != size:
                self._wanted, self._shown = Grid.unknown(*size), Grid.unknown(*size)
        for column, row, strip in _strips(update):
            self._place(column, row, strip)
        if max(len(self._pens), len(self._characters)) > MOST_NUMBERS:
            self._renumber()

    def _renumber(self) -> None:
        """Remember only the pens and characters of the two grids."""
        pens, characters = self._pens, self._characters
        self._pens, self._characters = Pens(self._colors), Characters()
        for grid in (self._wanted, self._shown):
            for place in zip(*np.nonzero(grid.pens != UNKNOWN), strict=True):
                grid.pens[place] = self._pens.number(pens[grid.pens[place]])
                grid.characters[place] = self._characters.number(characters[grid.characters[place]])

    def _place(self, column: int, row: int, strip: Strip) -> None:
        rows, columns = self._wanted.pens.shape
        if row < rows and column < columns:
            cells = cells_of(strip, self._pens, self._characters)
            room = columns - column
            end = column + min(len(cells.pens), room)
            self._wanted.characters[row, column:end] = cells.characters[:room]
            self._wanted.pens[row, column:end] = cells.pens[:room]

    def changes(self, budget: float, areas: Sequence[Region] = ()) -> tuple[str, bool]:
        """What brings the terminal up to date, empty where it is; and whether that is all, and not only what a budget
        of so many bytes has room for. Then whole areas go in turn, after what lies between them."""
        differs = self._differences()
        begin, self._clears = CLEAR if self._clears else "", False
        text = self._sent(differs)
        if len(text.encode()) <= budget:
            self._take(differs)
            return begin + text if text else "", True
        texts, room = [begin], budget
        for place, area in self._in_turn(differs, areas):
            text = self._sent(area)
            if room < budget and len(text.encode()) > room:
                self._turn = place
                return "".join(texts), False
            texts.append(text)
            room -= len(text.encode())
            self._take(area)
        return "".join(texts), True

    def _differences(self) -> Mask:
        wanted, shown = self._wanted, self._shown
        known: Mask = wanted.pens != UNKNOWN
        return known & ((wanted.characters != shown.characters) | (wanted.pens != shown.pens))

    def _take(self, sent: Mask) -> None:
        for wanted, shown in zip(self._wanted, self._shown, strict=True):
            shown[sent] = wanted[sent]

    def _in_turn(self, differs: Mask, areas: Sequence[Region]) -> Iterator[tuple[int, Mask]]:
        """Where cells differ, in parts: outside of the areas, in flat ones, in the others; with the place of each."""
        between, parts = differs.copy(), []
        for x, y, width, height in sorted(areas, key=lambda area: area.height > FLAT):
            part = np.zeros_like(differs)
            part[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = True
            parts.append(between & part)
            between &= ~part
        flat = sum(area.height <= FLAT for area in areas)
        turn = self._turn if flat <= self._turn < len(parts) else flat
        yield 0, between
        for place in (*range(flat), *range(turn, len(parts)), *range(flat, turn)):
            if parts[place].any():
                yield place, parts[place]

    def _sent(self, differs: Mask) -> str:
        """The cells as text: moves, changes of the pen, characters."""
        pen, texts = STRANGE, []
        for row in np.flatnonzero(differs.any(axis=1)).tolist():
            characters, pens = self._wanted.characters[row].tolist(), self._wanted.pens[row].tolist()
            at = -1
            for column in np.flatnonzero(differs[row]).tolist():
                if characters[column] == RIGHT_HALF:
                    continue
                if at != column:
                    texts.append(self._move(row, at, column))
                change, pen = self._pens[pens[column]].after(pen)
                character = self._characters[characters[column]]
                texts.append(change + character)
                at = column + 1 if character in SINGLE else -1
        if pen not in (PLAIN, STRANGE):
            texts.append("\x1b[0m")
        return "".join(texts)

    @staticmethod
    def _move(row: int, at: int, column: int) -> str:
        """Take the cursor to a column of a row, from `at`, −1 where that is not known."""
        if at < 0:
            return f"\x1b[{row + 1};{column + 1}H"
        return f"\x1b[{column - at}C" if column - at > 1 else "\x1b[C"


def _strips(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Column, row and content of all that an update has."""
    if isinstance(update, LayoutUpdate):
        for row, strips in enumerate(update.strips, update.region.y):
            column = update.region.x
            for strip in strips:
                yield column, row, strip
                column += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for row, first, last in update.spans:
            for end, (column, chop) in zip(update.chop_ends[row], update.chops[row].items(), strict=False):
                if chop is not None and column <= last and end > first:
                    yield column, row, chop
