"""The units pane: a cell for every hidden unit by its state, and the cursor's unit in detail."""

from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells
from periodic_tui.ui.panes.units.detail import LINES, unit_detail
from periodic_tui.ui.panes.units.grid import Unit, grid_rows, key_row, moved, row_of, totals, unit_grid
from periodic_tui.ui.widgets.pane import Pane, arrows


class UnitsPane(Pane):
    """Shows a block of cells for each hidden layer; rows that do not fit scroll with the cursor."""

    NAME = "units"
    TITLE = "units"
    BINDINGS: ClassVar[list[BindingType]] = arrows("units", "unit")

    _chosen: tuple[int, Unit] = (-1, (0, 0))
    """The run, and the unit on which the cursor was put in it."""
    _width = 0
    _run = -1
    """In which the session was last asked for a unit."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.layers)

    @property
    def cursor(self) -> Unit:
        """The unit that is shown in detail."""
        run, (layer, unit) = self._chosen
        layers = self.snapshot.layers
        if run != self.snapshot.run or not layers:
            return 0, 0
        layer = min(layer, len(layers) - 1)
        return layer, min(unit, layers[layer].units - 1)

    def action_move(self, across: int, down: int) -> None:
        if self.snapshot.layers:
            rows = grid_rows(self.snapshot.layers, self._width)
            self._chosen = self.snapshot.run, moved(rows, self.cursor, across, down)
            self._look()
            self.redraw()

    def watch_snapshot(self) -> None:
        if self.has_focus and self._run != self.snapshot.run:
            self._look()
        super().watch_snapshot()

    def on_focus(self) -> None:
        super().on_focus()
        self._look()

    def on_blur(self) -> None:
        super().on_blur()
        self.post_message(self.Look(unit=None))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        rows, self._width = grid_rows(snapshot.layers, size.width), size.width
        detail = size.height - 2 - len(rows)
        if detail < LINES:
            detail = LINES - 1 if self.has_focus and size.height > 2 * LINES else 0
        room = max(size.height - 1 - detail - bool(detail), 1)
        first = min(max(row_of(rows, self.cursor) - room // 2, 0), max(len(rows) - room, 0))
        marked = self.cursor if self.has_focus else None
        cells = Cells.blank(*size)
        cells = cells.paste(
            unit_grid(snapshot.layers, rows[first:], (size.width, min(room, len(rows))), marked, self.glyphs), 0, 0
        )
        if detail:
            color, place = not self.app.no_color, Size(size.width, detail)
            picture = unit_detail(snapshot, self.cursor, place, color, self.glyphs)
            cells = cells.paste(picture, 0, size.height - 1 - detail)
        return cells.paste(key_row(snapshot.layers, size.width, self.glyphs), 0, size.height - 1)

    def figure(self, snapshot: Snapshot) -> str:
        return totals(snapshot.layers)

    def _look(self) -> None:
        if self.snapshot.layers:
            self._run = self.snapshot.run
            self.post_message(self.Look(unit=self.cursor))
