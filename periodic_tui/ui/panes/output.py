"""The output pane: what a script printed."""

from typing import ClassVar

from textual.binding import BindingType
from textual.events import MouseEvent
from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.ui.formatting import cut_to
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.widgets.pane import Pane

_KNOWN = 2
"""Lines by which a place is found again."""


class OutputPane(Pane):
    """Shows the last lines, and follows them, until the user scrolls back."""

    NAME = "output"
    TITLE = "output"
    PLACE = "strip"
    HINTS = (("output.up output.down", "scroll"),)
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    _back = 0
    """Lines between the last that is shown and the newest."""
    _page = 1
    """Rows that there is room for."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        """While nothing is printed there is nothing to show, but before the first step one looks whether there is."""
        script = snapshot.script
        return script is not None and script.captured and bool(script.output or snapshot.state == "starting")

    def action_scroll(self, by: int) -> None:
        self._back += by
        self.redraw()

    def turned(self, event: MouseEvent, way: int) -> None:
        self.action_scroll(-way)

    def action_page(self, way: int) -> None:
        self.action_scroll(way * max(self._page - 1, 1))

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        """What is printed comes between two pictures, too. A user who has scrolled back goes on reading."""
        before, lines = _lines(old), _lines(new)
        if self._back and lines is not before:
            self._back += grown(before, lines)
        if lines is not before:
            self.redraw()
        else:
            super().watch_snapshot(old, new)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        lines = _lines(snapshot)
        self._page = max(size.height, 1)
        self._back = min(max(self._back, 0), max(len(lines) - self._page, 0))
        end = len(lines) - self._back
        shown = [cut_to(line, size.width - 1, self.glyphs) for line in lines[max(end - self._page, 0) : end]]
        cells = Cells.blank(*size)
        if not lines:
            return cells.write(1, 0, "nothing was printed yet", Ink.QUIET)
        return cells.paste(Cells.of_lines(shown, Ink.TEXT), 1, 0)

    def figure(self, snapshot: Snapshot) -> str:
        return f"{self._back:,} lines back · end: to the newest" if self._back else ""


def grown(before: tuple[str, ...], lines: tuple[str, ...]) -> int:
    """So many lines have come at the end, while others may have gone at the begin. The last one may have changed, as
    progress bars do."""
    known = before[-1 - _KNOWN : -1]
    ends = range(len(lines) - 1, len(known) - 1, -1)
    return next((len(lines) - 1 - end for end in ends if lines[end - len(known) : end] == known), 0)


def _lines(snapshot: Snapshot) -> tuple[str, ...]:
    return snapshot.script.output if snapshot.script else ()
