"""The pictures of a recording that may still grow, and where things happened among them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from periodic_tui.engine.commands.base import COMMANDS
from periodic_tui.engine.recording.journal import Line, that_held
from periodic_tui.engine.recording.layout import NotReadable, Stored
from periodic_tui.engine.recording.recording import About, Recording
from periodic_tui.engine.recording.timeline import Timeline
from periodic_tui.engine.snapshot import MarkKind, Snapshot


class Pictures:
    """Those that there were when one looked last; a place is the number of one, from 0 on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.timeline = Timeline()
        self.marks: tuple[tuple[int, MarkKind], ...] = ()
        """Places of what happened: of the first picture after it."""
        self._lines: list[Line] = []
        self._verdicts: dict[int, str] = {}
        """Codes by the numbers of the pictures."""
        self._unread: deque[Stored] = deque()
        """Pictures whose verdicts are not known yet."""

    def __len__(self) -> int:
        return len(self.timeline.stored)

    def open(self) -> About:
        """What the recording is of. Raises NotReadable where there is none."""
        self._recording = Recording(self._folder)
        return self._recording.about

    @property
    def being_written(self) -> bool:
        """Whether some process writes the recording now."""
        return self._recording.being_written

    @property
    def newest(self) -> int:
        """Place of the newest picture; -1 where there is none."""
        return len(self) - 1

    def at(self, place: int) -> Stored | None:
        """The picture at a place, by its name."""
        return self.timeline.stored[place] if 0 <= place < len(self) else None

    def readable(self, place: int, way: int = 1) -> tuple[int, Snapshot]:
        """The picture at a place that there is, or the next one that can be read on that way, 1 or -1; with its place.
        Raises NotReadable where there is none."""
        while True:
            try:
                return place, self._read(self.timeline.stored[place])
            except NotReadable:
                place += way
                if not 0 <= place < len(self):
                    raise

    def _read(self, stored: Stored) -> Snapshot:
        picture, taken = self._recording.picture(stored), self._recording.taken(stored)
        deaths = tuple(death for death in picture.deaths if death.film)
        return replace(picture, time=picture.time or taken, deaths=deaths)

    def branch_point(self, picture: Snapshot) -> str:
        """A picture as `branch` has it: its step; and where more was done at that step than it knows of, how much of
        the journal it knows."""
        known = {(event.step, event.text) for event in picture.events}
        held = [line for line in that_held(self._lines) if line.step <= picture.step]
        told = max((line.number for line in held if (line.step, line.text) in known), default=None)
        more = told is not None and any(line.number > told for line in held)
        return f"{picture.step}@{told + 1}" if more and told is not None else f"{picture.step}"

    # What is there.

    def look(self) -> None:
        """See which there are now: places change where some are gone."""
        self.timeline = self._laid_out(self._recording.pictures())

    def read_events(self) -> None:
        """Find what happened, and which verdicts are still to be read."""
        with suppress(NotReadable):
            self._lines = self._recording.lines()
        self.timeline = self._laid_out(self.timeline.stored)
        self._unread = deque(each for each in self.timeline.stored if each.number not in self._verdicts)
        self._mark()

    def _laid_out(self, stored: Sequence[Stored]) -> Timeline:
        return Timeline(stored, went_back=any(line.kind == "back" for line in self._lines))

    @property
    def has_unread(self) -> bool:
        """Whether there are verdicts to be read."""
        return bool(self._unread)

    def read_verdict(self) -> None:
        """Read one of them; the last one tells where they change."""
        stored = self._unread.popleft()
        self._verdicts[stored.number] = self._recording.verdict(stored)
        if not self._unread:
            self._mark()

    def _mark(self) -> None:
        """Find where things happened."""
        marks = [(place, kind) for place, line in self.timeline.places(self._lines) if (kind := mark_kind(line))]
        codes = [self._verdicts.get(each.number, "") for each in self.timeline.stored]
        later = [place for course in self.timeline.courses for place in course[1:]]
        changes = [place for place in later if codes[place - 1] and codes[place] not in ("", codes[place - 1])]
        self.marks = tuple(dict.fromkeys([*marks, *((place, "verdict") for place in changes)]))


def mark_kind(line: Line) -> MarkKind | None:
    """How a line of a journal is marked, if it is: a command that only concerns the pace is not."""
    if line.death is not None:
        return "death"
    if line.command is None:
        return None
    command = COMMANDS.get(line.command.partition(":")[0])
    return None if command is None or command.passing else "command"
