"""The events pane: what was done to the run, and what happened in it."""

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import ClassVar

from textual.binding import BindingType
from textual.events import MouseEvent
from textual.geometry import Size
from textual.message import Message

from periodic_tui.engine.snapshot import Event, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import plain, whole_clauses
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.widgets.pane import Pane
from periodic_tui.ui.widgets.thing import Thing

STEP = 11
"""Columns of the step."""
LINES = 2
"""Rows of an event that is not chosen, at most."""
PLAYABLE = "▶ "
"""Before the text of a death that can be played again."""


PACING = ("pace", "pause", "resume", "step")
"""Commands of which the header tells."""


class EventsPane(Pane):
    """Shows the newest event last, each in a line or two; the cursor's in full. Enter goes to the picture before one,
    d plays a death again."""

    NAME = "events"
    TITLE = "events"
    PLACE = "strip"
    HINTS = (("events.up events.down", "choose"), ("events.go", "go before it"))
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    class Play(Message):
        """The user wants to see a death again."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    class Go(Message):
        """The user wants to see how it was before an event."""

        def __init__(self, event: Event) -> None:
            super().__init__()
            self.event = event

    _chosen: Event | None = None
    """Where the cursor was put; None: on the newest."""
    _drawn: Sequence[Event] = ()
    """The event of each row."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.events) and super().is_relevant(snapshot)

    @property
    def cursor(self) -> int:
        """The place of the chosen event, or of the newest."""
        events = self.snapshot.events
        places = (place for place, event in enumerate(events) if event == self._chosen)
        return next(places, len(events) - 1)

    def action_choose(self, by: int) -> None:
        events = self.snapshot.events
        if events:
            self._choose(events[min(max(self.cursor + by, 0), len(events) - 1)])

    def _choose(self, event: Event) -> None:
        """Put the cursor on an event; on the newest one it stays on whatever is the newest."""
        self._chosen = event if event != self.snapshot.events[-1] else None
        self.redraw()

    def turned(self, event: MouseEvent, way: int) -> None:
        self.focus(scroll_visible=False)
        self.action_choose(way)

    def action_go(self) -> None:
        if self.snapshot.events:
            self.post_message(self.Go(self.snapshot.events[self.cursor]))

    def thing_inside(self, column: int, row: int) -> Thing | None:
        """The event there: a click chooses it, a double click goes to the picture before it."""
        if row >= len(self._drawn):
            return None
        event = self._drawn[row]
        return Thing(event.text, partial(self._choose, event), lambda: self.post_message(self.Go(event)))

    async def action_play(self) -> None:
        death = self.snapshot.events[self.cursor].death if self.snapshot.events else None
        if death is not None:
            self.post_message(self.Play(death))
        else:
            await self.screen.run_action("play_death")

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        cells, cursor = Cells.blank(*size), self.cursor if self.has_focus else -1
        lines: list[tuple[str, str, Event]] = []
        start = 0
        for place, event in enumerate(_worth(snapshot.events) if size.height == 1 and cursor < 0 else snapshot.events):
            if place == cursor:
                start = len(lines)
            most = min(size.height, size.height if place == cursor else LINES)
            lines += [(*line, event) for line in event_lines(event, size.width, most, self.glyphs)]
        first = max(len(lines) - size.height, 0)
        first = min(first, start) if cursor >= 0 else first
        self._drawn = [event for *_, event in lines[first : first + size.height]]
        for row, (step, text, event) in enumerate(lines[first : first + size.height]):
            chosen = cursor >= 0 and event is snapshot.events[cursor]
            ink = Ink.MARK if chosen else Ink.QUIET
            cells = cells.write(0, row, step + "<" * (chosen and bool(step)), ink)
            cells = cells.write(STEP + 2, row, text, Ink.TEXT)
        return cells

    def figure(self, snapshot: Snapshot) -> str:
        if self.has_focus and snapshot.events and snapshot.events[self.cursor].death is not None:
            return "d: play again"
        if any(event.death is not None for event in snapshot.events):
            return f"{PLAYABLE}can be played again"
        return ""


def _worth(events: Sequence[Event]) -> Sequence[Event]:
    """What a single row tells: not the pace, which the header shows."""
    return [event for event in events if (event.command or "").partition(":")[0] not in PACING] or events


@lru_cache(maxsize=512)
def event_lines(event: Event, width: int, most: int, glyphs: Glyphs) -> list[tuple[str, str]]:
    """The step, right-aligned, beside the first of its lines of text, of which there are at most so many."""
    mark, room = "" if event.death is None else plain(PLAYABLE, glyphs), width - STEP - 3
    texts = whole_clauses(mark + event.text, room, most, glyphs) or [""]
    return [("" if number else f"{event.step:>{STEP},}", text) for number, text in enumerate(texts)]
