"""Writing a recording: a thread of its own, so that no disk ever holds up training."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from periodic_tui.engine.files import read_regular
from periodic_tui.engine.recording import layout, lock
from periodic_tui.engine.recording.durable import replace_file, write_all
from periodic_tui.engine.recording.journal import MOST_BYTES as MOST_JOURNAL
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.light_pictures import lighter
from periodic_tui.engine.recording.output import cut
from periodic_tui.engine.recording.packing import Tree, pack
from periodic_tui.engine.recording.recording import About, Recording, Status
from periodic_tui.engine.recording.thinned_folder import ThinnedFolder
from periodic_tui.engine.recording.values import tree_of
from periodic_tui.engine.snapshot import Event, Snapshot

MOST_BYTES = 64 << 20
"""Of the pictures and checkpoints of a run, …"""
_LARGE_ONES = 3
"""… but, where nobody asks for another bound, so many checkpoints of up to twice as many bytes each may lie there."""
DEADLINE = 0.25
"""Seconds for which the end waits for the disk."""
_OFTEN, _USUAL, _EARLY, _SELDOM = 0.25, 1.0, 0.05, 0.002
"""Pictures are so many seconds apart at first, soon so many; then they are a share of the time that has passed."""
_STATUS, _HEARTBEAT = 1.0, 20.0
"""Seconds between two writings of the status: while something happens, and otherwise."""
_BEHIND, _FAR_BEHIND = 4, 32
"""Pictures that may wait for the disk: of those by the clock, and of those to be kept."""
_LARGEST_TABLE = 1 << 28


@dataclass(frozen=True)
class _Kept:
    """A picture or a checkpoint on its way to the disk."""

    step: int
    value: Any
    keep: bool
    passing: bool = False
    """Whether it goes with the next one."""


class Recorder:
    """Writes one recording. Its methods are for the training thread: each hands something over and returns at once;
    nobody writes to that again. Where the disk fails, nothing more is recorded, and `news` says so once.

    `tables` are the files to copy, by their names in the recording; `given`: whoever made the recording has named this
    process as the one that writes it; `before` is called first, in the writer's thread. `live`: seconds between two
    pictures at most, for who follows from another process; what is more than is to be stored goes with the next one.
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
        """Called from the writer's thread when there is news."""
        self.lines = 0
        """Lines of the journal so far."""
        self._preset, self._tables, self._before, self._clock = preset, tables or {}, before, clock
        self._went_before: list[Line] | None = None
        """The lines of the recording that is continued; None where a new one begins."""
        self._pictures = ThinnedFolder(folder / layout.PICTURES, most // 2, newest=1, durable=False)
        self._checkpoints = ThinnedFolder(folder / layout.CHECKPOINTS, most // 2, newest=2, durable=True)
        self._largest = 2 * most if most == MOST_BYTES else most // 2
        self._changed = threading.Condition()
        self._new_lines: list[Line] = []
        self._new_pictures: deque[_Kept] = deque()
        self._new_checkpoint: _Kept | None = None
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
        self._given = given
        self._closing = self._mine = self._too_large = self._busy = False
        self._written = 0
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
            kept = _Kept(snapshot.step, lighter(snapshot, keep), keep, passing)
            self._hand_over(lambda: self._new_pictures.append(kept))
        age = now - self._began
        self._next_live = now + self._live
        if not passing:
            self._next = now + max(_OFTEN, min(_USUAL, _EARLY * age), _SELDOM * age)

    def checkpoint(self, tree: Tree, step: int, keep: bool = False) -> None:
        """The whole state after so many steps. One that the disk has not taken yet gives way to it."""

        def put() -> None:
            self._new_checkpoint = _Kept(step, tree, keep)

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
                self._new_pictures.append(_Kept(last.step, lighter(last, films=False), False))
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

    # The writer's thread.

    def _work(self) -> None:
        opened = False
        try:
            self._open()
            opened = True
            while self._turn():
                pass
        except OSError as problem:
            where = "" if opened or not problem.filename else f"{problem.filename}: "
            self._fail(opened, f"{where}{problem.strerror or problem}")
        except Exception as bug:
            self._fail(opened, f"{type(bug).__name__}: {bug}")
        finally:
            self._leave()

    def _fail(self, opened: bool, reason: str) -> None:
        self.failure = reason
        with self._changed:
            self._new_lines, self._new_checkpoint = [], None
            self._new_pictures.clear()
        self._tell(f"recording stopped: {reason}" if opened else f"nothing is recorded: {reason}")

    def _tell(self, text: str) -> None:
        self._news.append(text)
        self.on_news()

    def _open(self) -> None:
        self._before()
        if self._went_before is None:
            self._make()
        else:
            self._take()
        self._tidy()
        happened = [line.step for line in self._went_before or () if line.command or line.death is not None]
        self._pictures.open(happened)
        self._checkpoints.open()

    def _make(self) -> None:
        begin(self.folder, self.about, self._preset, self._take)
        if self._tables:
            (self.folder / layout.TABLES).mkdir(mode=0o700)
        for name, path in self._tables.items():
            replace_file(self.folder / layout.TABLES / name, _table(path))

    def _take(self) -> None:
        self._mine = (self._given and lock.is_mine(self.folder)) or lock.take(self.folder)
        if not self._mine:
            raise OSError("another process writes it")

    def _tidy(self) -> None:
        """Take away what a crash has left half written; a line that was cut short ends here."""
        for folder in (self.folder, self.folder / layout.PICTURES, self.folder / layout.CHECKPOINTS):
            for file in folder.glob(".*.tmp"):
                file.unlink()
        with self._journal() as journal:
            self._written = os.fstat(journal).st_size
            if self._written and os.pread(journal, 1, self._written - 1) != b"\n":
                write_all(journal, b"\n")

    @contextmanager
    def _journal(self) -> Iterator[int]:
        """Open only for as long as it is written to: a script that is watched may close descriptors that are not its
        own, and is given the same numbers again."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(self.folder / layout.JOURNAL, flags, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _turn(self) -> bool:
        """Write what has come; False after the last."""
        with self._changed:
            self._changed.wait_for(self._has_work, self._rest())
            lines, self._new_lines = self._new_lines, []
            checkpoint, self._new_checkpoint = self._new_checkpoint, None
            picture = self._new_pictures.popleft() if self._new_pictures else None
            last, self._busy = self._closing and not self._new_pictures, True
        self._write_lines(lines)
        if checkpoint:
            self._write_checkpoint(checkpoint)
        if picture:
            self._pictures.put(picture.step, pack(tree_of(picture.value)), picture.keep, picture.passing)
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

    def _write_lines(self, lines: list[Line]) -> None:
        if lines:
            data = b"".join(line.data for line in lines)
            self._written += len(data)
            if self._written > MOST_JOURNAL:
                raise OSError(f"the journal takes {MOST_JOURNAL >> 20} MB already")
            with self._journal() as journal:
                write_all(journal, data)
                os.fsync(journal)

    def _write_checkpoint(self, checkpoint: _Kept) -> None:
        size, most = size_of(checkpoint.value), self._largest
        if size <= most:
            if self._largest > self._checkpoints.most:
                self._checkpoints.most = max(self._checkpoints.most, _LARGE_ONES * size)
            self._checkpoints.put(checkpoint.step, pack(checkpoint.value), checkpoint.keep)
        elif not self._too_large:
            self._too_large = True
            self._tell(f"a checkpoint takes {size >> 20:,} MB of {most >> 20:,}: none is stored")

    def _write_status(self) -> None:
        status = self._present
        _write_json(self.folder / layout.STATUS, asdict(replace(status, time=time.time())), status.ended != "")
        self._told, self._told_at = status, time.monotonic()
        cut(self.folder / layout.OUTPUT)

    def _leave(self) -> None:
        if self._mine:
            lock.release(self.folder)


def begin(folder: Path, about: About, preset: str = "", then: Callable[[], object] = lambda: None) -> None:
    """Make the folder of a recording that nobody writes yet; `then` is called as soon as it is there. Raises
    OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise OSError(f"{folder} holds something else")
    then()
    _write_json(folder / layout.ABOUT, {"kind": layout.MARKER} | asdict(about))
    replace_file(folder / layout.PRESET, preset.encode())


def _write_json(path: Path, table: dict[str, Any], durable: bool = True) -> None:
    data = json.dumps({"format": layout.FORMAT} | table).encode() + b"\n"
    replace_file(path, data, durable)


def size_of(tree: Tree) -> int:
    """Bytes of the arrays in a tree."""
    match tree:
        case np.ndarray():
            return tree.nbytes
        case dict():
            return sum(map(size_of, tree.values()))
        case list() | tuple():
            return sum(map(size_of, tree))
    return 0


def _table(path: Path) -> bytes:
    try:
        return read_regular(path, _LARGEST_TABLE)
    except ValueError as problem:
        raise OSError(f"{path}: {problem}") from None
