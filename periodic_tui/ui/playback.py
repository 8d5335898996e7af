"""Recorded pictures in the place of those of a session: nothing is trained, and torch is not needed."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from periodic_tui.engine.commands.base import COMMANDS, Command
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.journal import Line, that_held
from periodic_tui.engine.recording.layout import NotReadable, Stored
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.recording.timeline import Timeline
from periodic_tui.engine.snapshot import EMPTY, MarkKind, Past, Snapshot, View
from periodic_tui.ui.child import Child
from periodic_tui.ui.script_view import ScriptView

FRAME = 1 / 30
"""Seconds for which a picture is shown, at least: at a pace that wants more of them, some are left out."""
LONGEST = 2.0
"""Seconds between two pictures, at most, as they are played at 1×: a long pause is cut short."""
UNKNOWN = 0.1
"""Seconds between two pictures whose times tell nothing."""
LOOK = 0.2
"""Seconds between two looks whether a recording has grown."""
ASIDE = 0.005
"""Seconds between two verdicts that are read by the way: who plays and draws goes first."""
SLOWEST, FASTEST = 1 / 8, 1024.0
"""Paces, in times real time."""


class Playback:
    """Plays a recording, or goes where it is told among its pictures: a Session whose body reads files. One picture is
    held at a time, and while it plays the next one. One that cannot be read is passed over.

    `pace` is in times real time; None: nothing plays, and who goes on behind the last picture has `left`. `present` is
    shown until the first picture is there. `child`: the script that writes the recording, where that was started here.
    """

    def __init__(
        self,
        folder: Path,
        *,
        pace: float | None = 1.0,
        present: Snapshot = EMPTY,
        child: Child | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.on_wake: Callable[[], None] = lambda: None
        self.failure: BaseException | None = None
        self.left = False
        """Whether one has gone on behind the last picture, or there is none at all."""
        self._pace, self._clock, self._child = pace, clock, child
        self._script: ScriptView | None = None
        """Where it is the recording of a script."""
        self._playing = pace is not None
        self._latest = self._present = self._picture = present
        self._inbox: deque[Callable[[], None]] = deque()
        self._work, self._stopped = threading.Event(), threading.Event()
        self._timeline = Timeline()
        self._marks: tuple[tuple[int, MarkKind], ...] = ()
        self._lines: list[Line] = []
        self._verdicts: dict[int, str] = {}
        """Codes by the numbers of the pictures."""
        self._unread: deque[Stored] = deque()
        """Pictures whose verdicts are not known yet."""
        self._place = -1
        """Of the picture that is shown."""
        self._wanted: int | None = None
        self._written = False
        self._look_at = 0.0
        self._shown_at = 0.0
        self._ahead: tuple[int, Snapshot] | None = None
        """The next picture to play, with its place."""
        self._usual = LONGEST
        """Seconds between the last two pictures."""

    # Called from any thread.

    def latest(self) -> Snapshot:
        """The picture that is shown."""
        return self._latest

    def send(self, command: Command) -> None:
        """Do what a command means to one who only looks; raises Refused for all that trains."""
        deeds: dict[str, Callable[[], None]] = {
            "toggle-pause": self._toggle,
            "slower": partial(self._scale_pace, 0.5),
            "faster": partial(self._scale_pace, 2.0),
            "step": partial(self._turn_by, 1),
        }
        if self._pace is None or command.word not in deeds:
            what = "a script is only watched" if self._script else "this is a recording, in which nothing is trained"
            raise Refused(f"{command.words}: {what}")
        self._do(deeds[command.word])

    def turn(self, by: int) -> None:
        """Show the picture so many places on, or back."""
        self._do(partial(self._turn_by, by))

    def go_before(self, step: int) -> None:
        """Show the last picture before a step."""
        self._do(partial(self._go_before, step))

    def where(self) -> str:
        """The picture that is shown as `branch` has it: its step; and where more was done at that step than it knows
        of, how much of the journal it knows."""
        picture = self._picture
        known = {(event.step, event.text) for event in picture.events}
        held = [line for line in that_held(self._lines) if line.step <= picture.step]
        told = max((line.number for line in held if (line.step, line.text) in known), default=None)
        more = told is not None and any(line.number > told for line in held)
        return f"{picture.step}@{told + 1}" if more and told is not None else f"{picture.step}"

    def look(self, view: View) -> None:
        """The pictures are as they were taken, whatever is looked at."""

    def drawn(self, snapshot: Snapshot) -> None:
        """Nothing waits for that."""

    def stop(self) -> None:
        """End the loop."""
        self._stopped.set()
        self._work.set()

    def _do(self, deed: Callable[[], None]) -> None:
        self._inbox.append(deed)
        self._work.set()

    # The loop.

    def run(self) -> None:
        """Play until stopped. What cannot be read at all is kept in `failure`, and shown."""
        try:
            self._open()
            while not self._stopped.is_set():
                self._turn()
                self._work.wait(self._rest())
        except NotReadable as reason:
            self._fail(reason, refusal=str(reason))
        except BaseException as failure:
            self._fail(failure, error=f"{type(failure).__name__}: {failure}")

    def _fail(self, failure: BaseException, error: str | None = None, refusal: str | None = None) -> None:
        self.failure, self.left = failure, True
        self._latest = replace(self._latest, picture=None, error=error, refusal=refusal, state="finished")
        self.on_wake()

    def _open(self) -> None:
        """Show the first picture, or the newest where they are being written; then find the events."""
        self._recording = Recording(self.folder)
        if self._recording.about.script:
            self._script = ScriptView(self.folder, self._recording.about, self._child)
        self._list()
        if self._pace is None:
            self._place = self._of_present()
        elif self._timeline.stored:
            self._show(len(self._timeline.stored) - 1 if self._written else 0)
        elif self._script:
            self._picture = self._script.waiting(self._written)
        elif not self._written:
            raise NotReadable(f"{self.folder.name}: holds no pictures")
        self._read_events()

    def _of_present(self) -> int:
        """The place at which the present would stand: that of the newest picture, where it was taken at this step."""
        stored = self._timeline.stored
        return len(stored) - (1 if stored and stored[-1].step >= self._present.step else 0)

    def _turn(self) -> None:
        """Do what has come, and what is due."""
        self._work.clear()
        while self._inbox:
            self._inbox.popleft()()
        if self._wanted is not None:
            self._go(self._wanted)
        if self._written and self._clock() >= self._look_at:
            self._look()
        if self._playing and not self._follows_script:
            self._play()
        if self._unread:
            self._read_verdict()

    def _rest(self) -> float | None:
        """Seconds until something is due; None: until something comes."""
        due = [self._look_at] if self._written else []
        if self._unread:
            due.append(self._clock() + ASIDE)
        if self._playing and self._ahead:
            due.append(self._due)
        return max(0.0, min(due) - self._clock()) if due else None

    # What the keys do.

    def _turn_by(self, by: int) -> None:
        self._wanted = max(0, (self._place if self._wanted is None else self._wanted) + by)
        self._playing = self._follows_script and self._wanted >= len(self._timeline.stored)

    @property
    def _follows_script(self) -> bool:
        """Whether there is a present to go to: of a script that runs."""
        return self._script is not None and self._written

    def _go_before(self, step: int) -> None:
        self._playing = False
        self._wanted = self._timeline.before(step)

    def _toggle(self) -> None:
        """Stop, or go on; after the end begin again."""
        self._playing = not self._playing
        if self._playing and self._follows_script:
            self._wanted = len(self._timeline.stored)
        elif self._playing and not self._written and self._place >= len(self._timeline.stored) - 1:
            self._wanted = 0
        self._ahead, self._shown_at = None, self._clock()
        self._tell()

    def _scale_pace(self, factor: float) -> None:
        assert self._pace is not None
        self._pace = min(max(factor * self._pace, SLOWEST), FASTEST)
        self._ahead = None
        self._tell()

    def _go(self, place: int) -> None:
        self._wanted, count = None, len(self._timeline.stored)
        if self._pace is None and place >= self._of_present():
            self.left = True
            self.on_wake()
        elif count:
            self._show(min(place, count - 1), 1 if place > self._place else -1)

    # Time.

    @property
    def _due(self) -> float:
        """Moment at which the next picture is due."""
        assert self._ahead is not None
        return self._shown_at + max(self._between(*self._ahead) / (self._pace or 1.0), FRAME)

    def _between(self, place: int, picture: Snapshot) -> float:
        """Seconds from the picture that is shown to a later one, as they are played at 1×."""
        return between(self._picture, picture, max(place - self._place, 1))

    def _play(self) -> None:
        if self._ahead and self._clock() >= self._due:
            place, picture = self._ahead
            self._usual = self._between(place, picture) / max(place - self._place, 1)
            self._put(place, picture)
        if not self._ahead:
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Read the next picture to play, or find that there is none."""
        place = self._place + max(1, int(FRAME * (self._pace or 1.0) / max(self._usual, 1e-3)))
        last = len(self._timeline.stored) - 1
        while self._place < last and not self._ahead:
            place = min(place, last)
            self._ahead = self._read(place)
            if place == last:
                break
            place += 1
        if not self._ahead and not self._written:
            self._playing = False
            self._tell()

    def _look(self) -> None:
        """See how far a recording has grown; who has come to its end, and goes on, sees the newest picture."""
        follows = self._playing and (self._follows_script or not self._ahead)
        before = self._timeline.stored
        self._list()
        if before != self._timeline.stored or not self._written:
            self._read_events()
        if self._script and self._script.look():
            self._tell()
        if follows and self._place < len(self._timeline.stored) - 1:
            self._show(len(self._timeline.stored) - 1, -1)

    # What is there.

    def _list(self) -> None:
        """See which pictures there are now: places change where some are gone."""
        at = self._timeline.stored[self._place] if 0 <= self._place < len(self._timeline.stored) else None
        self._written = self._recording.being_written or (self._child is not None and self._child.poll() is None)
        self._timeline, self._ahead = self._laid_out(self._recording.pictures()), None
        self._look_at = self._clock() + LOOK
        if at:
            self._place = self._timeline.place_of(at)

    def _read_events(self) -> None:
        """Find the events, and from now on between other things the verdicts; tell where they are."""
        with suppress(NotReadable):
            self._lines = self._recording.lines()
        self._timeline = self._laid_out(self._timeline.stored)
        self._unread = deque(each for each in self._timeline.stored if each.number not in self._verdicts)
        self._mark()

    def _laid_out(self, stored: Sequence[Stored]) -> Timeline:
        return Timeline(stored, went_back=any(line.kind == "back" for line in self._lines))

    def _read_verdict(self) -> None:
        stored = self._unread.popleft()
        self._verdicts[stored.number] = self._recording.verdict(stored)
        if not self._unread:
            self._mark()

    def _mark(self) -> None:
        """Tell where things happened."""
        marks = [(place, kind) for place, line in self._timeline.places(self._lines) if (kind := mark_kind(line))]
        codes = [self._verdicts.get(each.number, "") for each in self._timeline.stored]
        later = [place for course in self._timeline.courses for place in course[1:]]
        changes = [place for place in later if codes[place - 1] and codes[place] not in ("", codes[place - 1])]
        self._marks = tuple(dict.fromkeys([*marks, *((place, "verdict") for place in changes)]))
        self._tell()

    def _read(self, place: int) -> tuple[int, Snapshot] | None:
        """A picture with its place and time; None where it cannot be read."""
        stored = self._timeline.stored[place]
        try:
            picture, taken = self._recording.picture(stored), self._recording.taken(stored)
        except NotReadable:
            return None
        deaths = tuple(death for death in picture.deaths if death.film)
        return place, replace(picture, time=picture.time or taken, deaths=deaths)

    def _show(self, place: int, way: int = 1) -> None:
        """Show a picture, or the next one that can be read in that way. Raises NotReadable where none ever could."""
        found, count = None, len(self._timeline.stored)
        while 0 <= place < count and not (found := self._read(place)):
            place += way
        if found:
            self._put(*found)
        elif self._picture is self._present:
            self._recording.picture(self._timeline.stored[min(max(place, 0), count - 1)])
        else:
            self._list()

    def _put(self, place: int, picture: Snapshot) -> None:
        self._place, self._picture, self._ahead = place, picture, None
        self._shown_at = self._clock()
        self._tell()

    def _tell(self) -> None:
        """Let the screen see where it is: as a picture of the same run, counted apart from those of the session."""
        if self._picture is self._present:
            return
        line, place = self._timeline, self._place
        self._latest = replace(
            self._dressed(),
            run=self._present.run or 1,
            picture=-1 - line.stored[place].number if 0 <= place < len(line.stored) else None,
            recording=str(self.folder),
            past=Past(
                place=place,
                pictures=len(line.stored),
                last=max(line.last, self._present.step),
                held=place in line.held,
                marks=self._marks,
                pace=self._pace,
                playing=self._playing,
                written=self._written,
            ),
        )
        self.on_wake()

    def _dressed(self) -> Snapshot:
        """The picture, with what a script's recording tells besides."""
        if not self._script:
            return self._picture
        if self._place < 0:
            self._picture = self._script.waiting(self._written)
        newest = self._place >= len(self._timeline.stored) - 1
        return self._script.dressed(self._picture, newest, self._written)


def between(one: Snapshot, other: Snapshot, pictures: int) -> float:
    """Seconds from one picture to another, so many pictures on, as they are played at 1×."""
    seconds = other.time - one.time
    return min(seconds, LONGEST * pictures) if seconds > 0 and math.isfinite(seconds) else UNKNOWN * pictures


def mark_kind(line: Line) -> MarkKind | None:
    """How a line of a journal is marked, if it is: a command that only concerns the pace is not."""
    if line.death is not None:
        return "death"
    if line.command is None:
        return None
    command = COMMANDS.get(line.command.partition(":")[0])
    return None if command is None or command.passing else "command"
