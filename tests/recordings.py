"""Recordings made by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.layout import Stored
from periodic_tui.engine.recording.packing import pack
from periodic_tui.engine.recording.values import tree_of
from periodic_tui.engine.snapshot import Snapshot

CREATED = 1_700_000_000.0
"""Seconds since 1970 at which the first picture was taken."""


def write_recording(
    folder: Path, pictures: Iterable[Snapshot], lines: Sequence[Line] = (), *, apart: float = 1.0, name: str = "sine-31"
) -> Path:
    """A folder as a run leaves it, its pictures taken so many seconds apart."""
    (folder / layout.PICTURES).mkdir(parents=True)
    about = {"kind": layout.MARKER, "name": name, "title": "One learnable frequency", "created": CREATED}
    write_json(folder / layout.ABOUT, about)
    (folder / layout.JOURNAL).write_bytes(b"".join(line.data for line in lines))
    for number, picture in enumerate(pictures):
        add_picture(folder, number, replace(picture, time=CREATED + number * apart))
    return folder


def add_picture(folder: Path, number: int, picture: Snapshot) -> Stored:
    """Write one more picture."""
    stored = Stored(number, picture.step)
    temporary = folder / "picture.tmp"
    temporary.write_bytes(pack(tree_of(picture)))
    os.replace(temporary, folder / layout.PICTURES / stored.file)
    return stored


def write_json(path: Path, table: dict[str, object]) -> None:
    """A file of the present format."""
    path.write_text(json.dumps({"format": layout.FORMAT} | table))
