"""The cell under the cursor, in words."""

from __future__ import annotations

from textual.reactive import var

from periodic_tui.plotting.cells import Cells, Glyphs
from periodic_tui.sweeping.grid import Cell
from periodic_tui.sweeping.sweep import Sweep
from periodic_tui.ui.sweep.progress import NOTHING, Progress
from periodic_tui.ui.sweep.words import cell_lines, fitting_parts
from periodic_tui.ui.widgets.cell_widget import CellWidget
from periodic_tui.ui.widgets.pane import bordered
from periodic_tui.ui.widgets.spans import row_of

BORDERED = 6
"""Rows from which there is a border."""


class CellPane(CellWidget):
    """Settings, outcomes, share, losses."""

    progress: var[Progress] = var(NOTHING)
    cursor: var[Cell] = var(())

    def __init__(self, sweep: Sweep, glyphs: Glyphs = "braille") -> None:
        super().__init__(glyphs)
        self._sweep = sweep

    def watch_progress(self) -> None:
        self.redraw()

    def watch_cursor(self) -> None:
        self.redraw()

    def picture(self) -> Cells:
        edge = int(self.size.height >= BORDERED)
        cells = bordered(self.size, "cell", "enter opens it", False, self.glyphs) if edge else Cells.blank(*self.size)
        lines = cell_lines(self._sweep, self.cursor, self.progress.endings.get(self.cursor))
        for number, line in enumerate(lines[: self.size.height - 2 * edge]):
            room = self.size.width - 2 - 2 * edge
            words = row_of(fitting_parts(line, room), self.glyphs)
            cells = cells.paste(Cells(words.glyphs[:, :room], words.ink[:, :room]), 1 + edge, number + edge)
        return cells
