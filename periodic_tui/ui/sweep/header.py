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
        start, state = width - WIDEST_STATE - 1, self.progress.state
        left, right = self._parts(start - 1 - len(GAP))
        cells = Cells.blank(width, height).write(1, 0, left, Ink.TEXT)
        cells = cells.write(start - len(right) - len(GAP), 0, right, Ink.TEXT)
        cells = cells.write(start, 0, plain(f"● {state}", self.glyphs), INKS[state])
        return cells.write(1, 1, cut_to(self._told(), width - 2, self.glyphs), Ink.QUIET)

    def _parts(self, room: int) -> tuple[str, str]:
        """What is swept, and how far it has come, in as many words as there is room for."""
        name, far = self._sweep.name, self._far()
        names = [GAP.join(["periodic-tui", f"sweep {name}", self._title]), f"sweep {name}{GAP}{self._title}", name]
        forms = [*((each, GAP.join(far)) for each in names), *((name, GAP.join(far[:last])) for last in (2, 1))]
        for left, right in ((plain(left, self.glyphs), plain(right, self.glyphs)) for left, right in forms):
            if len(left) + len(GAP) + len(right) <= room:
                return left, right
        return "", far[0]

    def _far(self) -> list[str]:
        """How many cells are done, how long the others take, and how many have failed."""
        cells, done = len(self._sweep.grid), len(self.progress.endings)
        left, failures = self.progress.left(cells), self.progress.failures
        parts = [f"{done:,} of {counted(cells, 'cell')}"]
        parts += [f"{how_long(left)} left"] if left is not None else []
        return [*parts, f"{failures:,} failed"] if failures else parts

    def _told(self) -> str:
        """What is varied, or why the sweep has failed."""
        if self.progress.reason:
            return self.progress.reason
        axes = " × ".join(f"{axis.key} ({len(axis.values)})" for axis in self._sweep.grid.axes)
        training = next(iter(self._sweep.jobs.values())).experiment["training"]
        at = "".join(f" · {step}:{words}" for step, words in self._sweep.commands)
        return f"{axes} · {counted(training['replicas'], 'seed')} a cell · {training['steps']:,} steps{at}"
