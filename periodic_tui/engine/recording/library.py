"""The recordings in one folder: naming, listing and finding them, and letting go of the oldest."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.names import did_you_mean
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.bounds import MOST_BYTES
from periodic_tui.engine.recording.lock import is_written
from periodic_tui.engine.recording.recording import About, Recording, Status

MOST_IN_ALL = 2 << 30
"""Bytes of all recordings."""
_FILES = (layout.PRESET, layout.JOURNAL, layout.STATUS, layout.LOCK, layout.OUTPUT, layout.ABOUT)
"""The marker goes last: what is left of a recording is still one."""
_FOLDERS = (layout.PICTURES, layout.CHECKPOINTS, layout.TABLES)


@dataclass(frozen=True)
class Entry:
    """One recording, as lists show it."""

    folder: Path
    about: About
    status: Status
    bytes: int
    being_written: bool

    @property
    def name(self) -> str:
        """By which it is found."""
        return self.folder.name


class Library:
    """Recordings side by side in a folder, which need not exist yet."""

    def __init__(self, root: Path, most: int = MOST_IN_ALL) -> None:
        self.root, self.most = root, most

    def new(self, preset: str, now: float | None = None) -> Path:
        """A folder for a new recording of that preset, not yet made: date, time, preset, and a few random letters."""
        when = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
        words = re.sub(r"[^A-Za-z0-9._-]+", "-", preset.removesuffix(".toml")).strip("-.")[:40]
        return self.root / f"{when}-{words or 'run'}-{secrets.token_hex(2)}"

    def runs(self) -> list[Entry]:
        """All recordings, newest first. What is none is passed over."""
        return sorted(self._entries(), key=lambda each: (-each.about.created, each.name))

    def _entries(self) -> Iterator[Entry]:
        for folder in self._folders():
            with suppress(Refused, OSError):
                recording = Recording(folder)
                size = size_of(folder)
                yield Entry(folder, recording.about, recording.status, size, recording.being_written)

    def _folders(self) -> list[Path]:
        try:
            return [each for each in self.root.iterdir() if not each.is_symlink() and each.is_dir()]
        except OSError:
            return []

    def find(self, text: str) -> Recording:
        """The recording of that name, or in that folder. Raises Refused."""
        plain = os.path.basename(text) == text and text not in ("", ".", "..")
        if plain and (self.root / text).is_dir():
            return Recording(self.root / text)
        if os.path.isdir(text):
            return Recording(Path(text).absolute())
        near = did_you_mean(text, [folder.name for folder in self._folders()])
        raise Refused(f"there is no recording {text!r}{near or '; `periodic-tui runs` lists them'}")

    def prune(self, room: int = MOST_BYTES) -> None:
        """Delete the oldest recordings until there is room for so many bytes more; never one that is being written."""
        runs = self.runs()
        total = sum(each.bytes for each in runs)
        for each in reversed(runs):
            if total <= max(0, self.most - room):
                return
            if not each.being_written:
                with suppress(Refused, OSError):
                    delete(each.folder)
                    total -= each.bytes


def delete(folder: Path) -> None:
    """Delete a recording, and nothing else that lies beside its files. Raises Refused or OSError."""
    Recording(folder)
    if is_written(folder):
        raise Refused(f"{folder.name} is being written")
    for name in _FOLDERS:
        if not (folder / name).is_symlink():
            _empty(folder / name)
    for file in folder.glob(".*.tmp"):
        file.unlink()
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)
    with suppress(OSError):  # where something else lies in it
        folder.rmdir()


def _empty(folder: Path) -> None:
    if folder.is_dir():
        for file in folder.iterdir():
            if file.is_symlink() or file.is_file():
                file.unlink()
        with suppress(OSError):
            folder.rmdir()


def size_of(folder: Path) -> int:
    """Bytes of all files of a recording. Raises OSError."""
    total = 0
    for place in (folder, *(folder / name for name in _FOLDERS)):
        if place.is_dir() and not place.is_symlink():
            with os.scandir(place) as entries:
                total += sum(each.stat(follow_symlinks=False).st_size for each in entries if not each.is_dir())
    return total
