"""The live map of a sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.reactive import var

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.library import Entry
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.presets.builtin import Listed
from periodic_tui.sweeping.grid import Cell
from periodic_tui.ui.glossary import VERDICTS
from periodic_tui.ui.screens.at_once import AtOnce
from periodic_tui.ui.screens.help import Help, key_rows
from periodic_tui.ui.session import EventLoop, Session
from periodic_tui.ui.svg_file import hand_over
from periodic_tui.ui.sweep.cell_pane import CellPane
from periodic_tui.ui.sweep.cell_run import CellRun
from periodic_tui.ui.sweep.header import MapHeader
from periodic_tui.ui.sweep.keys import KEYS, MapKeyLine
from periodic_tui.ui.sweep.map_pane import MapPane
from periodic_tui.ui.sweep.progress import NOTHING, Progress
from periodic_tui.ui.sweep.session import SweepSession
from periodic_tui.ui.widgets.cell_widget import CellWidget

PERIOD = 0.5
"""Seconds between two looks at the time, where nothing happens."""
INTERRUPTED = 130
STORY = (
    "A tile is a population: its sign is the verdict of most of its seeds, its shade and its figure the share that is "
    "solved. What is done is kept; the same command goes on with the rest. enter trains the cell under the cursor on "
    "the dashboard, while the sweep goes on."
)
WORDS = {
    "[ ]": "the cursor; the lines below the map tell of its cell",
    "share": "of a cell's seeds, those that are solved; behind it in brackets its 95 % interval",
    "median loss": "half of the seeds have a smaller loss on the probe",
    "half of them by step": "the median, over the solved seeds, of the first step at which one was seen to be solved",
    "basin": "how far from the answer gradients still lead home: 4.4934/R for a frequency",
    "2/L″": "the largest stable step of plain gradient descent at the answer",
    "line": "where half of the seeds begin within the basin, with a stable step",
}
ROWS = ((24, 2, 8), (16, 2, 6), (10, 1, 3), (0, 1, 2))
"""From so many rows of the screen on, those of the header and of the cell in words."""


class MapScreen(AtOnce):
    """Shows how far the sweep has come; opens cells."""

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS, Binding("ctrl+c", "interrupt", show=False)]
    DEFAULT_CSS = "MapPane { height: 1fr; }"

    progress: var[Progress] = var(NOTHING)
    cursor: var[Cell] = var(())

    def __init__(
        self,
        session: SweepSession,
        presets: Sequence[Listed],
        glyphs: Glyphs = "braille",
        recordings: Callable[[], Sequence[Entry]] = lambda: (),
    ) -> None:
        super().__init__()
        self.session, self.presets, self.glyphs, self.recordings = session, presets, glyphs, recordings
        self.set_reactive(MapScreen.cursor, (0,) * len(session.sweep.grid.axes))
        self._opening = False
        sweep = session.sweep
        self._header, self._map = MapHeader(sweep, session.title, glyphs), MapPane(sweep.grid, glyphs)
        self._cell = CellPane(sweep, glyphs)

    def compose(self) -> ComposeResult:
        yield self._header.data_bind(MapScreen.progress)
        yield self._map.data_bind(MapScreen.progress, MapScreen.cursor)
        yield self._cell.data_bind(MapScreen.progress, MapScreen.cursor)
        yield MapKeyLine(self.glyphs)

    def on_mount(self) -> None:
        self.set_interval(PERIOD, self.look)
        self.poll()

    def look(self) -> None:
        """Let the time go on while there is something to wait for."""
        if self.progress.state == "training":
            self.poll()

    def poll(self) -> None:
        """Show how far it has come, in one update of the terminal."""
        self.progress = self.session.latest()
        if self.app.screen is self:
            self.paint()

    def on_resize(self, event: Resize) -> None:
        header, cell = next((header, cell) for rows, header, cell in ROWS if event.size.height >= rows)
        self._header.styles.height, self._cell.styles.height = header, cell

    def action_move(self, across: int, down: int) -> None:
        self.cursor = self._map.next_to_cursor(across, down)

    def on_map_pane_chosen(self, message: MapPane.Chosen) -> None:
        self.cursor = message.cell

    def action_open_cell(self) -> None:
        """Run the cell under the cursor by itself."""
        if not self._opening and self.app.screen is self:
            self._opening = True
            self.notify(f"opening {self.session.sweep.grid.told(self.cursor)}", markup=False)
            self.session.open(self.cursor, partial(EventLoop(), self._show))

    def _show(self, opened: Session | Exception) -> None:
        self._opening = False
        if isinstance(opened, Exception):
            self.notify(f"cannot be opened: {opened}", markup=False)
        elif self.app.screen is self:
            self.app.push_screen(CellRun(opened, self.presets, self.glyphs, self.recordings))
        else:
            opened.stop()

    def action_help(self) -> None:
        if self.app.screen is self:
            words = {"words on the map": WORDS, "what a verdict says": VERDICTS}
            self.app.push_screen(
                Help(f"A sweep of {self.session.sweep.name}", STORY, key_rows(self), words, self.glyphs)
            )

    def action_export_picture(self) -> None:
        try:
            hand_over(self.app, f"{self.session.sweep.name}-sweep")
        except Refused as refusal:
            self.notify(str(refusal), markup=False)

    def draw_by(self, glyphs: Glyphs) -> None:
        """Draw by another set of characters from now on."""
        self.glyphs = glyphs
        for widget in self.query(CellWidget):
            widget.glyphs = glyphs
            widget.redraw()

    def action_interrupt(self) -> None:
        self.app.exit(None, INTERRUPTED)

    def palette(self) -> Iterator[tuple[str, str, Callable[[], object]]]:
        """Title, help and deed of all that the command palette offers."""
        for binding in (entry.binding for entry in self.active_bindings.values()):
            if binding.tooltip:
                yield binding.description, binding.tooltip, partial(self.run_action, binding.action)
