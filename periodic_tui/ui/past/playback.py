"""Recorded pictures in the place of those of a session: nothing is trained, and torch is not needed."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from periodic_tui.engine.commands.base import Command
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.snapshot import EMPTY, Past, Snapshot, View
from periodic_tui.ui.child import Child
from periodic_tui.ui.past.pictures import Pictures
from periodic_tui.ui.past.script_view import ScriptView
from periodic_tui.ui.past.tempo import Tempo

LOOK = 0.2
"""Seconds between two looks whether a recording has grown."""
ASIDE = 0.005
"""Seconds between two verdicts that are read by the way: who plays and draws goes first."""


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
        self._pictures, self._tempo = Pictures(folder), Tempo(pace, clock)
        self._clock, self._child = clock, child
        self._script: ScriptView | None = None
        """Where it is the recording of a script."""
        self._playing = pace is not None
        self._latest = self._present = self._picture = present
        self._inbox: deque[Callable[[], None]] = deque()
        self._work, self._stopped = threading.Event(), threading.Event()
        self._place = -1
        """Of the picture that is shown."""
        self._wanted: int | None = None
        self._written = False
        self._look_at = 0.0
        self._ahead: tuple[int, Snapshot] | None = None
        """The next picture to play, with its place."""

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
        if self._tempo.pace is None or command.word not in deeds:
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
        """The picture that is shown as `branch` has it."""
        return self._pictures.branch_point(self._picture)

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
        about = self._pictures.open()
        if about.script:
            self._script = ScriptView(self.folder, about, self._child)
        self._list()
        if self._tempo.pace is None:
            self._place = self._of_present()
        elif self._pictures:
            self._show(self._pictures.newest if self._written else 0)
        elif self._script:
            self._picture = self._script.waiting(self._written)
        elif not self._written:
            raise NotReadable(f"{self.folder.name}: holds no pictures")
        self._read_events()

    def _of_present(self) -> int:
        """The place at which the present would stand: that of the newest picture, where it was taken at this step."""
        newest = self._pictures.at(self._pictures.newest)
        return len(self._pictures) - (1 if newest and newest.step >= self._present.step else 0)

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
        if self._pictures.has_unread:
            self._pictures.read_verdict()
            if not self._pictures.has_unread:
                self._tell()

    def _rest(self) -> float | None:
        """Seconds until something is due; None: until something comes."""
        due = [self._look_at] if self._written else []
        if self._pictures.has_unread:
            due.append(self._clock() + ASIDE)
        if self._playing and self._ahead:
            due.append(self._due)
        return max(0.0, min(due) - self._clock()) if due else None

    # What the keys do.

    def _turn_by(self, by: int) -> None:
        self._wanted = max(0, (self._place if self._wanted is None else self._wanted) + by)
        self._playing = self._follows_script and self._wanted >= len(self._pictures)

    @property
    def _follows_script(self) -> bool:
        """Whether there is a present to go to: of a script that runs."""
        return self._script is not None and self._written

    def _go_before(self, step: int) -> None:
        self._playing = False
        self._wanted = self._pictures.timeline.before(step)

    def _toggle(self) -> None:
        """Stop, or go on; after the end begin again."""
        self._playing = not self._playing
        if self._playing and self._follows_script:
            self._wanted = len(self._pictures)
        elif self._playing and not self._written and self._place >= self._pictures.newest:
            self._wanted = 0
        self._ahead = None
        self._tempo.begin()
        self._tell()

    def _scale_pace(self, factor: float) -> None:
        self._tempo.scale(factor)
        self._ahead = None
        self._tell()

    def _go(self, place: int) -> None:
        self._wanted = None
        if self._tempo.pace is None and place >= self._of_present():
            self.left = True
            self.on_wake()
        elif self._pictures:
            self._show(min(place, self._pictures.newest), 1 if place > self._place else -1)

    # Time.

    @property
    def _due(self) -> float:
        """Moment at which the next picture is due."""
        assert self._ahead is not None
        place, picture = self._ahead
        return self._tempo.due(self._picture, picture, place - self._place)

    def _play(self) -> None:
        if self._ahead and self._clock() >= self._due:
            place, picture = self._ahead
            self._tempo.played(self._picture, picture, place - self._place)
            self._put(place, picture)
        if not self._ahead:
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Read the next picture to play, or find that there is none."""
        if self._place < self._pictures.newest:
            with suppress(NotReadable):
                self._ahead = self._pictures.readable(min(self._place + self._tempo.places, self._pictures.newest))
        if not self._ahead and not self._written:
            self._playing = False
            self._tell()

    def _look(self) -> None:
        """See how far a recording has grown; who has come to its end, and goes on, sees the newest picture."""
        follows = self._playing and (self._follows_script or not self._ahead)
        before = self._pictures.timeline.stored
        self._list()
        if before != self._pictures.timeline.stored or not self._written:
            self._read_events()
        if self._script and self._script.look():
            self._tell()
        if follows and self._place < self._pictures.newest:
            self._show(self._pictures.newest, -1)

    # What is there.

    def _list(self) -> None:
        """See which pictures there are now, and where the one that is shown is among them."""
        at = self._pictures.at(self._place)
        self._written = self._pictures.being_written or (self._child is not None and self._child.poll() is None)
        self._pictures.look()
        self._ahead, self._look_at = None, self._clock() + LOOK
        if at:
            self._place = self._pictures.timeline.place_of(at)

    def _read_events(self) -> None:
        """Find the events, and from now on between other things the verdicts; tell where they are."""
        self._pictures.read_events()
        self._tell()

    def _show(self, place: int, way: int = 1) -> None:
        """Show a picture, or the next one that can be read in that way. Raises NotReadable where none ever could."""
        try:
            self._put(*self._pictures.readable(place, way))
        except NotReadable:
            if self._picture is self._present:
                raise
            self._list()

    def _put(self, place: int, picture: Snapshot) -> None:
        self._place, self._picture, self._ahead = place, picture, None
        self._tempo.begin()
        self._tell()

    def _tell(self) -> None:
        """Let the screen see where it is: as a picture of the same run, counted apart from those of the session."""
        if self._picture is self._present:
            return
        line, place, shown = self._pictures.timeline, self._place, self._pictures.at(self._place)
        self._latest = replace(
            self._dressed(),
            run=self._present.run or 1,
            picture=-1 - shown.number if shown else None,
            recording=str(self.folder),
            past=Past(
                place=place,
                pictures=len(self._pictures),
                last=max(line.last, self._present.step),
                held=place in line.held,
                marks=self._pictures.marks,
                pace=self._tempo.pace,
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
        return self._script.dressed(self._picture, self._place >= self._pictures.newest, self._written)
