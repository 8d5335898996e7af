"""Reading a recording, also one that is being written by another process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from periodic_tui.engine.files import read_regular
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.journal import MOST_BYTES, Line, lines_of, that_held
from periodic_tui.engine.recording.layout import NotReadable, Stored, stored_in
from periodic_tui.engine.recording.lock import is_written
from periodic_tui.engine.recording.packing import Tree, read_packed, without_arrays
from periodic_tui.engine.recording.values import value_of
from periodic_tui.engine.snapshot import Snapshot

_MOST_JSON, _MOST_TOML, _MOST_PICTURE = 1 << 20, 1 << 20, 1 << 26


@dataclass(frozen=True)
class Plan:
    """What `train` was to do."""

    steps: int | None = None
    """In all."""
    seconds: float | None = None
    every: int | None = None
    """Steps between snapshots; None: a twentieth of the time."""
    at: tuple[str, ...] = ()
    """`STEP:COMMAND`, in the order given."""


@dataclass(frozen=True)
class About:
    """What a recording is of; it never changes."""

    name: str = ""
    """Of the preset, or of the script."""
    title: str = ""
    created: float = 0.0
    """Seconds since 1970."""
    device: str = ""
    engine: str = ""
    """As asked for."""
    version: str = ""
    """Of the program that wrote it."""
    plan: Plan | None = None
    """What `train` was started with; None for the dashboard."""
    threads: int | None = None
    """As asked for; None: as many as pay."""
    script: str = ""
    """Command line of the user's script that trains, or the name of a loop of one's own; empty for a preset."""


@dataclass(frozen=True)
class Status:
    """How far it has come; rewritten every few seconds."""

    step: int = 0
    lines: int = 0
    """Of the journal, when that was so."""
    seconds: float = 0.0
    """Of training."""
    verdict: str = ""
    loss: float | None = None
    time: float = 0.0
    """Seconds since 1970."""
    ended: str = ""
    """`finished`, `interrupted`, `diverged`, `closed`, or of a script `failed`; empty while it is written, or where its
    writer was killed."""


class Recording:
    """A recording in a folder. Every file is read when it is wanted, and bounded; raises NotReadable where that cannot
    be, and for what is no recording at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / layout.ABOUT).exists():
            raise NotReadable(f"{folder}: is no recording")
        table = self._json(layout.ABOUT)
        if table.get("kind") != layout.MARKER:
            raise NotReadable(f"{folder}: is no recording")
        self.about = value_of(About, table, f"{folder.name}/{layout.ABOUT}")

    @property
    def status(self) -> Status:
        """How far it has come."""
        try:
            return value_of(Status, self._json(layout.STATUS), layout.STATUS)
        except NotReadable:
            return Status()

    @property
    def being_written(self) -> bool:
        """Whether some process writes it now."""
        return is_written(self.folder)

    @cached_property
    def preset(self) -> str:
        """The resolved preset, as TOML."""
        return self._read(layout.PRESET, _MOST_TOML).decode("utf-8", "replace")

    def lines(self) -> list[Line]:
        """All lines of the journal up to now."""
        try:
            return lines_of(self._read(layout.JOURNAL, MOST_BYTES))
        except NotReadable as reason:
            if (self.folder / layout.JOURNAL).exists():
                raise reason from None
            return []

    def journal(self) -> list[Line]:
        """The commands that were applied and held, in their order."""
        return [line for line in that_held(self.lines()) if line.command]

    def pictures(self) -> tuple[Stored, ...]:
        """The pictures that there are, in the order in which they were taken; one may be gone when it is read."""
        return stored_in(self._inside(layout.PICTURES))

    def picture(self, stored: Stored) -> Snapshot:
        """One of them."""
        tree = read_packed(self._inside(layout.PICTURES) / stored.file, _MOST_PICTURE)
        return value_of(Snapshot, tree, stored.file)

    def verdict(self, stored: Stored) -> str:
        """The code of the verdict in a picture; empty where it cannot be read. It costs less than the picture."""
        try:
            path = self._inside(layout.PICTURES) / stored.file
            code = read_packed(path, _MOST_PICTURE, without_arrays)["verdict"]["code"]
        except (NotReadable, KeyError, TypeError):
            return ""
        return code if isinstance(code, str) else ""

    def taken(self, stored: Stored) -> float:
        """When its file was written, in seconds since 1970; 0 where it is gone."""
        try:
            return (self._inside(layout.PICTURES) / stored.file).stat().st_mtime
        except OSError:
            return 0.0

    def checkpoints(self) -> tuple[Stored, ...]:
        """The checkpoints that there are, in the order in which they were written."""
        return stored_in(self._inside(layout.CHECKPOINTS))

    def checkpoint(self, stored: Stored) -> Tree:
        """One of them, as the run gave it (see `saved`)."""
        return read_packed(self._inside(layout.CHECKPOINTS) / stored.file)

    def _inside(self, name: str) -> Path:
        """A folder of the recording; a link leads nowhere."""
        folder = self.folder / name
        return self.folder / ".none" if folder.is_symlink() else folder

    def _read(self, name: str, most: int) -> bytes:
        try:
            return read_regular(self.folder / name, most, follow=False)
        except OSError as failure:
            raise NotReadable(f"{self.folder.name}/{name}: cannot be read: {failure.strerror}") from None
        except ValueError as problem:
            raise NotReadable(f"{self.folder.name}/{name}: {problem}") from None

    def _json(self, name: str) -> dict[str, Any]:
        try:
            table = json.loads(self._read(name, _MOST_JSON))
        except (ValueError, RecursionError):
            raise NotReadable(f"{self.folder.name}/{name}: is damaged or no such file") from None
        if not isinstance(table, dict):
            raise NotReadable(f"{self.folder.name}/{name}: is damaged or no such file")
        if table.get("format") != layout.FORMAT:
            found = str(table.get("format"))[:20]
            raise NotReadable(f"{self.folder.name}/{name}: is of format {found}, expected {layout.FORMAT}")
        return table
