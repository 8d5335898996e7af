"""The newest picture and the newest checkpoint of a recording that can be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from periodic_tui.engine.recording.layout import NotReadable, Stored
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.snapshot import Snapshot

T = TypeVar("T")

Say = Callable[[str], None]
"""Gets a line on each file that was passed over."""


def newest_picture(recording: Recording, say: Say) -> Snapshot:
    """The last picture that was taken. Raises NotReadable where none can be read."""
    return _newest(recording, "picture", recording.pictures(), recording.picture, say)


def newest_checkpoint(recording: Recording, say: Say) -> tuple[Stored, Tree]:
    """The last checkpoint that was written, and its name. Raises NotReadable where none can be read."""

    def read(stored: Stored) -> tuple[Stored, Tree]:
        return stored, recording.checkpoint(stored)

    return _newest(recording, "checkpoint", recording.checkpoints(), read, say)


def _newest(recording: Recording, what: str, all_: Sequence[Stored], read: Callable[[Stored], T], say: Say) -> T:
    for stored in reversed(all_):
        try:
            return read(stored)
        except NotReadable as reason:
            say(f"passed over {reason}")
    raise NotReadable(f"{recording.folder.name}: has no {what} that can be read")
