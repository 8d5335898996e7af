"""The story pane: what to watch, in the place of the curves until there are any."""

from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.ui.formatting import clipped, wrapped
from periodic_tui.ui.widgets.pane import Pane

WIDEST = 76
"""Columns of a line that is easily read."""


class StoryPane(Pane):
    """Shows the preset's story, alone while torch starts, and then until the first key."""

    NAME = "story"
    TITLE = "what to watch"
    PLACE = "strip"

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.story)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        width = min(size.width - 4, WIDEST)
        if len(wrapped(snapshot.story, width, self.glyphs)) > size.height:
            width = size.width - 4
        lines = clipped(wrapped(snapshot.story, width, self.glyphs), size.height)
        column, row = (size.width - width) // 2, max(0, (size.height - len(lines)) // 2)
        return Cells.blank(*size).paste(Cells.of_lines(lines, Ink.TEXT), column, row)

    def figure(self, snapshot: Snapshot) -> str:
        waits = snapshot.state == "starting" and not snapshot.error
        return "" if not waits else "the script has begun" if snapshot.script else "starting torch"
