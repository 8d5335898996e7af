"""The units pane: every hidden unit by its state and by what it does, and the cursor's unit in detail."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.timer import Timer

from periodic_tui.engine.snapshot import Death, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import wrapped
from periodic_tui.ui.glossary import UNITS
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.panes.units.detail import LINES, unit_detail
from periodic_tui.ui.panes.units.drawing import unit_picture
from periodic_tui.ui.panes.units.grid import Row, Unit, grid_rows, moved, row_of, unit_at, unit_rows
from periodic_tui.ui.panes.units.looks import MEANINGS, key_row, states, totals
from periodic_tui.ui.themes import has_shades
from periodic_tui.ui.widgets.death_frame import death_frame
from periodic_tui.ui.widgets.film import PERIOD, Film
from periodic_tui.ui.widgets.pane import Pane
from periodic_tui.ui.widgets.thing import Thing

THUMBNAILS = 50
"""Columns from which units are drawn as thumbnails."""
BRIEF = LINES - 1
"""Rows of the cursor's unit where there is little room."""
MANY = 2_048
"""Units of a script's network that are shown without the choice of a layer."""
BORDER = 6
"""Columns of the lower border that are not the figure's."""
SLOW = 4.0
"""Steps a second up to which a death is seen as it happens."""
REST = 10.0
"""Seconds from the beginning of one replay to that of the next."""
HOLD = 4
"""Periods for which the last moment stays."""


class UnitsPane(Pane):
    """Shows each hidden layer's units; rows that do not fit scroll with the cursor. A death is played again at once,
    where training is too fast to see it."""

    NAME = "units"
    TITLE = "units"
    ASKS = True
    HINTS = (("units.left units.up", "choose"),)
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    clock: Callable[[], float] = staticmethod(time.monotonic)
    """Seconds."""

    _chosen: tuple[int, Unit] = (-1, (0, 0))
    """The run, and the unit on which the cursor was put in it."""
    _run = -1
    """In which the session was last asked for a unit."""

    def __init__(self, glyphs: Glyphs = "braille") -> None:
        super().__init__(glyphs)
        self._rows: list[Row] = []
        self._seen: list[Row] = []
        """Those of them from the uppermost on that is drawn."""
        self._lines = 0
        """On which they are drawn."""
        self._film: Film | None = None
        self._held = 0
        """Periods since the film has been over."""
        self._timer: Timer | None = None
        self._known = -1, -1
        """The run, and its newest death that was seen."""
        self._rested = float("-inf")
        """Moment of the clock from which a death may be played again."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.layers)

    @property
    def cursor(self) -> Unit:
        """The unit that is shown in detail: the chosen one, or the one that dies just now."""
        run, (layer, unit) = self._chosen
        layers = self._of_layer(self.snapshot).layers
        if run != self.snapshot.run or not layers:
            dying = (death for death in self.snapshot.deaths if death.step == self.snapshot.step)
            return next(((death.layer, death.unit) for death in dying), (0, 0))
        layer = min(layer, len(layers) - 1)
        return layer, min(unit, layers[layer].units - 1)

    def action_move(self, across: int, down: int) -> None:
        self._leave()
        if self._of_layer(self.snapshot).layers:
            self._choose(moved(self._rows, self.cursor, across, down))

    def _choose(self, unit: Unit) -> None:
        """Put the cursor on a unit."""
        self._chosen = self.snapshot.run, unit
        self._look()
        self.redraw()

    def thing_inside(self, column: int, row: int) -> Thing | None:
        """The unit there: a click chooses it."""
        layers = self._of_layer(self.snapshot).layers
        drawn = row < self._lines and not self._film
        unit = unit_at(self._seen, column, row) if drawn else None
        if unit is None or unit[0] >= len(layers) or unit[1] >= layers[unit[0]].units:
            return None
        state = states(layers[unit[0]])[unit[1]]
        told = f"{layers[unit[0]].name} unit {unit[1]} · {MEANINGS[state]}: {UNITS[state]}"
        return Thing(told, partial(self._choose, unit))

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        if self.has_focus and self._run != self.snapshot.run:
            self._look()
        self._notice()
        super().watch_snapshot(old, new)

    def on_focus(self) -> None:
        self._leave()
        self._look()

    def on_blur(self) -> None:
        if not self.snapshot.script:
            self.post_message(self.Look(unit=None))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        snapshot = self._of_layer(snapshot)
        if not snapshot.layers:
            told = f"{self.chosen_layer} has no units to be seen; activations have them"
            return Cells.blank(*size).paste(Cells.of_lines(wrapped(told, size.width - 2, self.glyphs), Ink.QUIET), 1, 0)
        if self._film:
            return death_frame(self._film.death, self._film.number, size, has_shades(self.app), self.glyphs)
        return self._units(snapshot, size)

    def figure(self, snapshot: Snapshot) -> str:
        if self._film:
            film = self._film.death.film
            return f"replay of steps {film[0].step:,}–{film[-1].step:,} · now {self._film.step:,}"
        return totals(self._of_layer(snapshot).layers, self.size.width - BORDER)

    # The units.

    def watch_chosen_layer(self) -> None:
        """Another layer was chosen: its units are shown from the first on."""
        self._chosen = self.snapshot.run, (0, 0)
        self.redraw()

    def _of_layer(self, snapshot: Snapshot) -> Snapshot:
        """Only the layer that was chosen; while none is, of very many units those of the first layer."""
        layers = snapshot.layers
        if not self.chosen_layer:
            few = not snapshot.script or sum(layer.units for layer in layers) <= MANY
            return snapshot if few else replace(snapshot, layers=layers[:1])
        return replace(snapshot, layers=tuple(layer for layer in layers if layer.name == self.chosen_layer))

    def _units(self, snapshot: Snapshot, size: Size) -> Cells:
        rows = self._rows = self._placed(snapshot, size)
        taken = sum(row.height for row in rows) - (rows[-1].tile is not None)
        detail = size.height - 2 - taken
        if detail < LINES:
            detail = BRIEF if self.has_focus and size.height > 2 * LINES else 0
        room = max(size.height - 1 - detail - (detail > BRIEF), 1)
        first = 0 if taken <= room else min(max(row_of(rows, self.cursor) - room // 2, 0), max(len(rows) - room, 0))
        marked, color = self.cursor if self.has_focus else None, has_shades(self.app)
        self._seen, self._lines = rows[first:], min(room, taken)
        within = size.width, self._lines
        picture = unit_picture(snapshot.layers, self._seen, within, marked, color, self.glyphs)
        cells = Cells.blank(*size).paste(picture, 0, 0)
        if detail:
            below = unit_detail(snapshot, self.cursor, Size(size.width, detail), color, self.glyphs)
            cells = cells.paste(below, 0, size.height - 1 - detail)
        seen = {row.layer for row in rows[first : first + room]} if snapshot.script else range(len(snapshot.layers))
        layers = [snapshot.layers[index] for index in seen]
        return cells.paste(key_row(layers, size.width, self.glyphs), 0, size.height - 1)

    def _placed(self, snapshot: Snapshot, size: Size) -> list[Row]:
        if size.width < THUMBNAILS:
            return grid_rows(snapshot.layers, size.width)
        return unit_rows(snapshot.layers, size.width, size.height - 1 - BRIEF * self.has_focus)

    def _look(self) -> None:
        if self.snapshot.layers and not self.snapshot.script:
            self._run = self.snapshot.run
            self.post_message(self.Look(unit=self.cursor))

    # The replay.

    def _notice(self) -> None:
        """Begin a replay if somebody has just died too fast to be seen."""
        snapshot = self.snapshot
        run, newest = self._known
        if run != snapshot.run:
            self._leave()
            newest = -1
        new = [death for death in snapshot.deaths if death.number > newest]
        self._known = snapshot.run, max([newest, *(death.number for death in new)])
        playable = [death for death in new if death.film]
        if playable and self._may_play():
            self._play(playable[0])

    def _may_play(self) -> bool:
        fast = not 0 < self.snapshot.pace <= SLOW
        seen = self.display and self.is_mounted and self.size.area > 0
        return fast and seen and self._film is None and self.clock() >= self._rested

    def _play(self, death: Death) -> None:
        self._film, self._held, self._rested = Film(death), 0, self.clock() + REST
        if self._timer is None:
            self._timer = self.set_interval(PERIOD, self.tick)
        self._timer.resume()

    def tick(self) -> None:
        """Show the next moment of the replay; after the last the units again."""
        if self._film is None:
            return
        self._held += self._film.over
        self._film.tick()
        if self._held > HOLD:
            self._leave()
        self.redraw()

    def _leave(self) -> None:
        """End the replay."""
        self._film = None
        if self._timer is not None:
            self._timer.pause()
