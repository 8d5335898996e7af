"""Writing a recording: a thread of its own, so that no disk ever holds up training."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from periodic_tui.engine.recording.bounds import MOST_BYTES
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.light_pictures import lighter
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recording import About, Recording, Status
from periodic_tui.engine.recording.writer import Kept, Writer
from periodic_tui.engine.snapshot import Event, Snapshot

DEADLINE = 0.25
"""Seconds for which the end waits for the disk."""
_OFTEN, _USUAL, _EARLY, _SELDOM = 0.25, 1.0, 0.05, 0.002
"""Pictures are so many seconds apart at first, soon so many; then they are a share of the time that has passed."""
_STATUS, _HEARTBEAT = 1.0, 20.0
"""Seconds between two writings of the status: while something happens, and otherwise."""
_BEHIND, _FAR_BEHIND = 4, 32
"""Pictures that may wait for the disk: of those by the clock, and of those to be kept."""


class Recorder:
    """Writes one recording. Its methods are for the training thread: each hands something over and returns at once;
    nobody writes to that again. Where the disk fails, nothing more is recorded, and `news` says so once.

    `tables`, `most`, `given`: see Writer. `before` is called first, in the recorder's thread. `live`: seconds between
    two pictures at most, for who follows from another process; what is more than is to be stored goes with the next
    one.
    """

    def __init__(
        self,
        folder: Path,
        about: About,
        preset: str = "",
        tables: Mapping[str, Path] | None = None,
        *,
        most: int = MOST_BYTES,
        given: bool = False,
        live: float = math.inf,
        before: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder, self.about = folder, about
        self.failure = ""
        """Why nothing more is recorded."""
        self.on_news: Callable[[], object] = lambda: None
        """Called from the recorder's thread when there is news."""
        self.lines = 0
        """Lines of the journal so far."""
        self._writer = Writer(folder, about, preset, tables or {}, most, given)
        self._before, self._clock = before, clock
        self._went_before: list[Line] | None = None
        """The lines of the recording that is continued; None where a new one begins."""
        self._changed = threading.Condition()
        self._new_lines: list[Line] = []
        self._new_pictures: deque[Kept] = deque()
        self._new_checkpoint: Kept | None = None
        self._news: deque[str] = deque()
        self._status, self._told, self._told_at = Status(), Status(), -math.inf
        self._at = (0, 0, 0.0)
        """Steps, lines and seconds of training: newer than the status, and told much more often."""
        self._began = self._next = self._next_live = -math.inf
        self._live = live
        self._unstored: Snapshot | None = None
        """The newest picture, where it was not yet time for it."""
        self._wanted = True
        """Whether the next picture is to be kept: something has happened."""
        self._closing = self._busy = False
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)

    @classmethod
    def of(cls, recording: Recording, **options: Any) -> Recorder:
        """Goes on writing a recording. Raises NotReadable."""
        recorder = cls(recording.folder, recording.about, **options)
        recorder._went_before = lines = recording.lines()
        recorder.lines = max((line.number + 1 for line in lines), default=0)
        recorder._status = status = replace(recording.status, ended="")
        recorder._at = (status.step, status.lines, status.seconds)
        return recorder

    def begin(self) -> None:
        """Start writing."""
        self._began = self._next = self._next_live = self._clock()
        self._thread.start()

    # What the training thread tells.

    def event(self, event: Event) -> None:
        """Something happened."""
        self._wanted |= event.command is not None
        self._enter(Line(self.lines, event.step, event.text, event.command, event.death))

    def remember(self) -> None:
        """The next picture is to be kept, as it is after a command."""
        self._wanted = True

    def back(self, step: int, kept: int | None = None) -> None:
        """Training went back to that step: what came after it never was, nor did the lines from number `kept` on."""
        self._enter(Line(self.lines, step, kind="back", kept=kept))

    def _enter(self, line: Line) -> None:
        self.lines += 1
        self._hand_over(lambda: self._new_lines.append(line))

    @property
    def wants_picture(self) -> bool:
        """Whether a picture taken now would be stored."""
        return self.writes and (self._wanted or self._clock() >= min(self._next, self._next_live))

    @property
    def writes(self) -> bool:
        """Whether anything is still recorded."""
        return not self.failure and not self._closing

    def picture(self, snapshot: Snapshot) -> None:
        """There is a new picture: stored if it is time, or if something has happened since the last one."""
        loss = snapshot.loss if math.isfinite(snapshot.loss) else None
        self._status = replace(self._status, verdict=snapshot.verdict.code, loss=loss)
        self.status(snapshot.step)
        self._unstored = snapshot = replace(snapshot, time=time.time())
        if not self.wants_picture:
            return
        keep, now = self._wanted, self._clock()
        passing = not keep and now < self._next
        if len(self._new_pictures) < (_FAR_BEHIND if keep else _BEHIND):
            self._wanted, self._unstored = False, None
            kept = Kept(snapshot.step, lighter(snapshot, keep), keep, passing)
            self._hand_over(lambda: self._new_pictures.append(kept))
        age = now - self._began
        self._next_live = now + self._live
        if not passing:
            self._next = now + max(_OFTEN, min(_USUAL, _EARLY * age), _SELDOM * age)

    def checkpoint(self, tree: Tree, step: int, keep: bool = False) -> None:
        """The whole state after so many steps. One that the disk has not taken yet gives way to it."""

        def put() -> None:
            self._new_checkpoint = Kept(step, tree, keep)

        self.status(step)
        self._hand_over(put)

    def status(self, step: int, seconds: float | None = None) -> None:
        """So many steps are done, in so long."""
        if step != self._at[0]:
            self._at = (step, self.lines, self._at[2] if seconds is None else seconds)

    def news(self) -> list[str]:
        """What the user has to know since the last call, a line each."""
        return [self._news.popleft() for _ in range(len(self._news))]

    def settle(self, wait: float) -> bool:
        """Wait until all that was handed over is on the disk; whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._has_work() or self._busy), wait) and self.writes

    def close(self, ended: str, wait: float = DEADLINE) -> None:
        """Write what waits, and end; returns after `wait` seconds, however the disk is."""

        def end() -> None:
            if last := self._unstored:
                self._new_pictures.append(Kept(last.step, lighter(last, films=False), False))
            self._status, self._closing = replace(self._status, ended=ended), True

        if self._closing:
            return
        self._hand_over(end)
        if self._thread.ident is not None:
            self._thread.join(wait)

    def _hand_over(self, put: Callable[[], None]) -> None:
        if self.writes:
            with self._changed:
                put()
                self._changed.notify()

    # The recorder's thread.

    def _work(self) -> None:
        opened = False
        try:
            self._before()
            self._writer.open(self._went_before)
            opened = True
            while self._turn():
                pass
        except OSError as problem:
            where = "" if opened or not problem.filename else f"{problem.filename}: "
            self._fail(opened, f"{where}{problem.strerror or problem}")
        except Exception as bug:
            self._fail(opened, f"{type(bug).__name__}: {bug}")
        finally:
            self._writer.leave()

    def _fail(self, opened: bool, reason: str) -> None:
        self.failure = reason
        with self._changed:
            self._new_lines, self._new_checkpoint = [], None
            self._new_pictures.clear()
        self._tell(f"recording stopped: {reason}" if opened else f"nothing is recorded: {reason}")

    def _tell(self, text: str) -> None:
        self._news.append(text)
        self.on_news()

    def _turn(self) -> bool:
        """Write what has come; False after the last."""
        with self._changed:
            self._changed.wait_for(self._has_work, self._rest())
            lines, self._new_lines = self._new_lines, []
            checkpoint, self._new_checkpoint = self._new_checkpoint, None
            picture = self._new_pictures.popleft() if self._new_pictures else None
            last, self._busy = self._closing and not self._new_pictures, True
        self._writer.lines(lines)
        if checkpoint and (news := self._writer.checkpoint(checkpoint)):
            self._tell(news)
        if picture:
            self._writer.picture(picture)
        if last or time.monotonic() >= self._told_at + self._pause:
            self._write_status()
        with self._changed:
            self._busy = False
            self._changed.notify_all()
        return not last

    def _has_work(self) -> bool:
        return bool(self._new_lines or self._new_checkpoint or self._new_pictures or self._closing)

    @property
    def _pause(self) -> float:
        """Seconds between the last writing of the status and the next."""
        return _HEARTBEAT if self._present == self._told else _STATUS

    @property
    def _present(self) -> Status:
        step, lines, seconds = self._at
        return replace(self._status, step=step, lines=lines, seconds=seconds)

    def _rest(self) -> float:
        return max(0.0, self._told_at + self._pause - time.monotonic())

    def _write_status(self) -> None:
        status = self._present
        self._writer.status(status)
        self._told, self._told_at = status, time.monotonic()
