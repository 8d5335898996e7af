"""What is swept, how far it has come, and for how long it goes on."""

from __future__ import annotations

from textual.reactive import var

from periodic_tui.engine.plural import counted
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.sweeping.sweep import Sweep
from periodic_tui.ui.formatting import cut_to, how_long, plain
from periodic_tui.ui.sweep.progress import NOTHING, Progress, State
from periodic_tui.ui.widgets.cell_widget import CellWidget

INKS: dict[State, Ink] = {"training": Ink.NETWORK, "finished": Ink.TARGET, "failed": Ink.TROUBLE}
WIDEST_STATE = len("● finished")
GAP = "   "


class MapHeader(CellWidget):
    """Shows two lines."""

    progress: var[Progress] = var(NOTHING)

    def __init__(self, sweep: Sweep, title: str, glyphs: Glyphs = "braille") -> None:
        super().__init__(glyphs)
        self._sweep, self._title = sweep, title

    def watch_progress(self) -> None:
        self.redraw()

    def picture(self) -> Cells:
        width, height = self.size
        start = width - WIDEST_STATE - 1
        right = plain(GAP.join(self._far()), self.glyphs)
        room = max(start - len(right) - 2 * len(GAP), 0)
        state = self.progress.state
        cells = Cells.blank(width, height).write(1, 0, self._named(room), Ink.TEXT)
        cells = cells.write(start - len(right) - len(GAP), 0, right, Ink.TEXT)
        return cells.write(start, 0, plain(f"● {state}", self.glyphs), INKS[state]).write(
            1, 1, cut_to(self._told(), width - 2, self.glyphs), Ink.QUIET
        )

    def _named(self, room: int) -> str:
        """As much of what is swept as there is room for."""
        name = self._sweep.name
        forms = [GAP.join(["periodic-tui", f"sweep {name}", self._title]), f"sweep {name}{GAP}{self._title}", name]
        return next((form for form in (plain(each, self.glyphs) for each in forms) if len(form) <= room), name[:room])

    def _far(self) -> list[str]:
        """How many cells are done, and how long the others take."""
        cells, done = len(self._sweep.grid), len(self.progress.endings)
        parts = [f"{done:,} of {counted(cells, 'cell')}"]
        if failures := self.progress.failures:
            parts.append(f"{failures:,} failed")
        if (left := self.progress.left(cells)) is not None:
            parts.append(f"{how_long(left)} left")
        return parts

    def _told(self) -> str:
        """What is varied, or why the sweep has failed."""
        if self.progress.reason:
            return self.progress.reason
        axes = " × ".join(f"{axis.key} ({len(axis.values)})" for axis in self._sweep.grid.axes)
        training = next(iter(self._sweep.jobs.values())).experiment["training"]
        at = "".join(f" · {step}:{words}" for step, words in self._sweep.commands)
        return f"{axes} · {counted(training['replicas'], 'seed')} a cell · {training['steps']:,} steps{at}"
