"""The map: a tile for each cell, and a cursor."""

from __future__ import annotations

from functools import partial

from textual.geometry import Size
from textual.message import Message
from textual.reactive import var

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.grid_map import GridMap, Layout, grid_maps, layout
from periodic_tui.sweeping.figure import legend, maps
from periodic_tui.sweeping.grid import Cell, Grid
from periodic_tui.sweeping.result import Failure
from periodic_tui.ui.sweep.cursor import cell_of, moved, tile_of
from periodic_tui.ui.sweep.progress import NOTHING, Progress
from periodic_tui.ui.widgets.cell_widget import CellWidget
from periodic_tui.ui.widgets.pane import SMALLEST, bordered
from periodic_tui.ui.widgets.thing import Thing

EDGE = (2, 1)
"""Columns and rows of the border, with a blank beside the map."""

LEGEND = 4
"""Rows that are kept for what the signs mean where tiles could be larger."""


class MapPane(CellWidget):
    """All cells by the verdict of most of their seeds; rows that have no room scroll with the cursor."""

    progress: var[Progress] = var(NOTHING)
    cursor: var[Cell] = var(())

    class Chosen(Message):
        """The user has clicked at a cell."""

        def __init__(self, cell: Cell) -> None:
            super().__init__()
            self.cell = cell

    def __init__(self, grid: Grid, glyphs: Glyphs = "braille") -> None:
        super().__init__(glyphs)
        self._grid, self._first = grid, 0

    def watch_progress(self) -> None:
        self.redraw()

    def watch_cursor(self) -> None:
        self.redraw()

    def next_to_cursor(self, across: int, down: int) -> Cell:
        """The cell that an arrow leads to."""
        return moved(self._grid, self._placed(self._charts()), self.cursor, across, down)

    def picture(self) -> Cells:
        size, inside = self.size, self._inside
        drawn = self._drawn(inside)
        if inside == size:
            return drawn
        return bordered(size, "map", self.progress.solved, False, self.glyphs).paste(drawn, *EDGE)

    @property
    def _inside(self) -> Size:
        """The room within the border, or all of it where there is none."""
        width, height = self.size
        bare = width < SMALLEST.width or height < SMALLEST.height + 3
        return self.size if bare else Size(width - 2 * EDGE[0], height - 2 * EDGE[1])

    def _charts(self) -> list[GridMap]:
        return maps(self._grid, self.progress.results, self.glyphs)

    def _placed(self, charts: list[GridMap]) -> Layout:
        return layout(charts, self._inside.width, self._inside.height - LEGEND)

    def _drawn(self, room: Size) -> Cells:
        charts = self._charts()
        placed = self._placed(charts)
        drawn, (x, y) = self._all(charts, placed), placed.place(*tile_of(self._grid, self.cursor))
        for line in range(placed.high):
            drawn = drawn.write(x - 1, y + line, "[", Ink.MARK).write(x + placed.each - 1, y + line, "]", Ink.MARK)
        last = max(drawn.rows - room.height, 0)
        self._first = min(max(min(self._first, y - 1), y + 1 + placed.high - room.height, 0), last)
        cells = Cells.blank(*room).paste(drawn, 0, -self._first)
        spare = room.height - drawn.rows - 1
        told = legend(self.progress.results, charts, room.width, self.glyphs)[: max(spare, 0)]
        return cells.paste(Cells.of_lines(told, Ink.TEXT), 0, drawn.rows + 1)

    def _all(self, charts: list[GridMap], placed: Layout) -> Cells:
        """The maps, with those cells marked that came to nothing."""
        drawn = grid_maps(charts, placed, self.glyphs)
        for cell, ending in self.progress.endings.items():
            if isinstance(ending, Failure):
                drawn = drawn.write(*placed.place(*tile_of(self._grid, cell)), "failed"[: placed.each - 1], Ink.TROUBLE)
        return drawn

    def thing_at(self, column: int, row: int) -> Thing | None:
        """The cell there: a click moves the cursor to it, a double click opens it."""
        charts, (left, above) = self._charts(), (0, 0) if self._inside == self.size else EDGE
        tile = self._placed(charts).tile_at(column - left, row - above + self._first)
        if tile is None:
            return None
        cell = cell_of(self._grid, tile)
        choose = partial(self.post_message, self.Chosen(cell))
        return Thing(self._grid.told(cell), choose, partial(self.screen.run_action, "open_cell"))
