"""Writing what is exported: whole files, and never over what is not the same run's own export."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.durable import replace_file
from periodic_tui.engine.recording.recording import Recording

_BEGINNING = 1 << 12
"""Bytes of a file in which the mark stands."""


def mark_of(recording: Recording) -> str:
    """What stands in the beginning of every file that is exported from a recording: when that began tells it from
    others. Letters, digits, spaces and dots."""
    return f"periodic-tui {recording.about.created!r}"


def write_all(files: Mapping[Path, bytes], mark: str) -> None:
    """Write the files, or none where one of them is somebody else's. Raises Refused."""
    for path, data in files.items():
        if not is_free(path, mark, data):
            raise Refused(f"{path}: is there already, and no export of this recording; --out names another")
    for path, data in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, data, durable=False, mode=0o666)
        except OSError as failure:
            raise Refused(f"{path}: cannot be written: {failure.strerror}") from None


def is_free(path: Path, mark: str, data: bytes) -> bool:
    """Whether these data may be written there: there is no file, or one that bears the mark, or the same data."""
    if not os.path.lexists(path):
        return True
    if path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            beginning = file.read(_BEGINNING)
            return mark.encode() in beginning or beginning + file.read(len(data)) == data
    except OSError:
        return False
