"""The events pane: what was done to the run, and what happened in it."""

from textual.geometry import Size

from periodic_tui.engine.snapshot import Event, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import clipped, wrapped
from periodic_tui.ui.widgets.pane import Pane

STEP = 11
"""Columns of the step."""


class EventsPane(Pane):
    """Shows a line for each event, the newest last."""

    NAME = "events"
    TITLE = "events"
    PLACE = "strip"

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.events) and super().is_relevant(snapshot)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        cells = Cells.blank(*size)
        lines = [line for event in snapshot.events[-size.height :] for line in event_lines(event, size, self.glyphs)]
        for row, (step, text) in enumerate(lines[-size.height :]):
            cells = cells.write(0, row, step, Ink.QUIET).write(STEP + 2, row, text, Ink.TEXT)
        return cells


def event_lines(event: Event, size: Size, glyphs: Glyphs) -> list[tuple[str, str]]:
    """The step, right-aligned, beside the first of its lines of text, of which so many as there is room for."""
    texts = clipped(wrapped(event.text, size.width - STEP - 3, glyphs) or [""], size.height)
    return [("" if number else f"{event.step:>{STEP},}", text) for number, text in enumerate(texts)]
