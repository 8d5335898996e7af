"""The header: what runs, where, how far, how fast, and how it stands, in one line."""

from textual.reactive import var

from periodic_tui.engine.snapshot import EMPTY, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import plain, rate
from periodic_tui.ui.widgets.cell_widget import CellWidget

STATE_INKS = {"solved": Ink.TARGET, "diverged": Ink.TROUBLE}
WIDEST_STATE = len("diverged")
GAP = 3
"""Columns between what stands at the left, at the right, and the state."""


class Header(CellWidget):
    """Shows one line; on a narrow screen it gives up first the title, then the program's name, then the device."""

    snapshot: var[Snapshot] = var(EMPTY)

    def watch_snapshot(self) -> None:
        self.redraw()

    def picture(self) -> Cells:
        return header_line(self.snapshot, self.size.width, self.glyphs)


def header_line(snapshot: Snapshot, width: int, glyphs: Glyphs) -> Cells:
    """The line in so many columns; its state keeps its place whatever stands before it."""
    left, right = _parts(snapshot, width - WIDEST_STATE - 4, glyphs)
    state = plain("● ", glyphs) + snapshot.state.ljust(WIDEST_STATE)
    start = width - len(state) - 1
    cells = Cells.blank(width, 1).write(1, 0, left, Ink.TEXT).write(start - len(right) - 3, 0, right, Ink.TEXT)
    return cells.write(start, 0, state, STATE_INKS.get(snapshot.state, Ink.NETWORK))


def _parts(snapshot: Snapshot, width: int, glyphs: Glyphs) -> tuple[str, str]:
    """The left and the right part of a line of so many cells, without the state."""
    preset, title = plain(snapshot.preset, glyphs), plain(snapshot.title, glyphs)
    progress = f"step {snapshot.step:>9,}   {rate(snapshot.rate)} steps/s"
    place = plain(f"{snapshot.device} · {snapshot.engine}", glyphs) if snapshot.device else ""
    replica = f"replica {snapshot.focus} of {snapshot.replicas}   " if snapshot.replicas > 1 else ""
    wide = replica + (f"{place}   {progress}" if place else progress)
    choices = [
        (f"periodic-tui   {preset}   {title}", wide),
        (f"periodic-tui   {preset}", wide),
        (preset, wide),
        (preset, progress),
    ]
    return next((choice for choice in choices if sum(map(len, choice)) + 2 * GAP <= width), (preset, progress))
