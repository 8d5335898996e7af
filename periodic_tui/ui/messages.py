"""What was printed past the screen, as events beside those of the run."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import Protocol, runtime_checkable

from periodic_tui.engine.snapshot import Event, Snapshot
from periodic_tui.ui.terminal.stray import Stray

MOST = 200
"""Messages that are remembered, the newest ones."""


@runtime_checkable
class PrintsAside(Protocol):
    """An app that catches what is printed."""

    stray: Stray | None


class Messages:
    """Gives every line that was caught the step at which it was seen first."""

    def __init__(self, stray: Stray | None) -> None:
        self._stray = stray
        self._seen = 0
        self._run: int | None = None
        self._events: deque[Event] = deque(maxlen=MOST)

    @property
    def count(self) -> int:
        """All that have come."""
        return self._seen

    def look(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with the messages up to its step among its events; those of an earlier run come first."""
        if self._stray is None or not (self._stray.count or self._events):
            return snapshot
        if snapshot.run != self._run:
            self._run = snapshot.run
            self._events = deque((replace(event, step=0) for event in self._events), MOST)
        fresh = self._fresh(snapshot.step)
        told = [event for event in self._events if event.step <= snapshot.step]
        events = tuple(sorted((*snapshot.events, *told), key=lambda event: event.step))
        return replace(snapshot, events=events, picture=None if fresh else snapshot.picture)

    def _fresh(self, step: int) -> bool:
        assert self._stray is not None
        count, lines = self._stray.count, self._stray.lines()
        fresh = lines[-(count - self._seen) :] if count > self._seen else ()
        self._events.extend(Event(step, f"printed: {line}") for line in fresh if line)
        self._seen = count
        return bool(fresh)
