"""The files of a recording, as whoever records a run writes them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from periodic_tui.engine.files import read_regular
from periodic_tui.engine.recording import layout, lock
from periodic_tui.engine.recording.bounds import MOST_BYTES
from periodic_tui.engine.recording.durable import replace_file, write_all
from periodic_tui.engine.recording.journal import MOST_BYTES as MOST_JOURNAL
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.output import cut
from periodic_tui.engine.recording.packing import pack, size_of
from periodic_tui.engine.recording.recording import About, Status
from periodic_tui.engine.recording.thinned_folder import ThinnedFolder
from periodic_tui.engine.recording.values import tree_of

_LARGE_ONES = 3
"""Checkpoints that may lie there, of up to twice as many bytes each as a run may have, where nobody asks for another
bound."""
_LARGEST_TABLE = 1 << 28


@dataclass(frozen=True)
class Kept:
    """A picture or a checkpoint on its way to the disk."""

    step: int
    value: Any
    keep: bool
    passing: bool = False
    """Whether it goes with the next one."""


class Writer:
    """Writes one recording, at most `most` bytes of its pictures and checkpoints; each method raises OSError where the
    disk fails, or another process writes it.

    `tables` are the files to copy, by their names in the recording; `given`: whoever made the recording has named this
    process as the one that writes it.
    """

    def __init__(
        self, folder: Path, about: About, preset: str, tables: Mapping[str, Path], most: int, given: bool
    ) -> None:
        self._folder, self._about, self._preset, self._tables = folder, about, preset, tables
        self._pictures = ThinnedFolder(folder / layout.PICTURES, most // 2, newest=1, durable=False)
        self._checkpoints = ThinnedFolder(folder / layout.CHECKPOINTS, most // 2, newest=2, durable=True)
        self._largest = 2 * most if most == MOST_BYTES else most // 2
        self._given = given
        self._mine = self._too_large = False
        self._written = 0

    def open(self, before: Sequence[Line] | None) -> None:
        """Go on with a recording in which there are these lines; None: make it."""
        if before is None:
            self._make()
        else:
            self._take()
        self._tidy()
        self._pictures.open([line.step for line in before or () if line.command or line.death is not None])
        self._checkpoints.open()

    def _make(self) -> None:
        begin(self._folder, self._about, self._preset, self._take)
        if self._tables:
            (self._folder / layout.TABLES).mkdir(mode=0o700)
        for name, path in self._tables.items():
            replace_file(self._folder / layout.TABLES / name, _table(path))

    def _take(self) -> None:
        self._mine = (self._given and lock.is_mine(self._folder)) or lock.take(self._folder)
        if not self._mine:
            raise OSError("another process writes it")

    def _tidy(self) -> None:
        """Take away what a crash has left half written; a line that was cut short ends here."""
        for folder in (self._folder, self._folder / layout.PICTURES, self._folder / layout.CHECKPOINTS):
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
        descriptor = os.open(self._folder / layout.JOURNAL, flags, 0o600)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def lines(self, lines: Sequence[Line]) -> None:
        """Add lines to the journal: they are on the disk on return."""
        if lines:
            data = b"".join(line.data for line in lines)
            self._written += len(data)
            if self._written > MOST_JOURNAL:
                raise OSError(f"the journal takes {MOST_JOURNAL >> 20} MB already")
            with self._journal() as journal:
                write_all(journal, data)
                os.fsync(journal)

    def picture(self, picture: Kept) -> None:
        """Store a snapshot."""
        self._pictures.put(picture.step, pack(tree_of(picture.value)), picture.keep, picture.passing)

    def checkpoint(self, checkpoint: Kept) -> str:
        """Store a whole state; what the user has to know of that, if anything."""
        size, most = size_of(checkpoint.value), self._largest
        if size <= most:
            if self._largest > self._checkpoints.most:
                self._checkpoints.most = max(self._checkpoints.most, _LARGE_ONES * size)
            self._checkpoints.put(checkpoint.step, pack(checkpoint.value), checkpoint.keep)
        elif not self._too_large:
            self._too_large = True
            return f"a checkpoint takes {size >> 20:,} MB of {most >> 20:,}: none is stored"
        return ""

    def status(self, status: Status) -> None:
        """Tell how far the run has come."""
        _write_json(self._folder / layout.STATUS, asdict(replace(status, time=time.time())), status.ended != "")
        cut(self._folder / layout.OUTPUT)

    def leave(self) -> None:
        """Let others write it."""
        if self._mine:
            lock.release(self._folder)


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


def _table(path: Path) -> bytes:
    try:
        return read_regular(path, _LARGEST_TABLE)
    except ValueError as problem:
        raise OSError(f"{path}: {problem}") from None
