"""Which files a recording consists of."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from periodic_tui.engine.errors import Refused

FORMAT = 1
"""Version of the files; each of them bears it."""
MARKER = "periodic-tui recording"
"""What the value of `kind` in ABOUT is: nothing else is ever deleted or taken for a recording."""
ABOUT, PRESET, JOURNAL, STATUS, LOCK = "recording.json", "preset.toml", "journal.jsonl", "status.json", "lock.json"
OUTPUT = "output.txt"
"""What a script printed, where that is captured; only its end, where that was much."""
PICTURES, CHECKPOINTS, TABLES = "pictures", "checkpoints", "tables"
"""Folders in it."""
_NAME = re.compile(r"(\d{1,12})-(\d{1,18})\.safetensors", re.ASCII)


class NotReadable(Refused):
    """A file of a recording is not what it should be; the message is one line."""


@dataclass(frozen=True, order=True)
class Stored:
    """A picture or a checkpoint in its folder, known by its name alone."""

    number: int
    """Counts the files of that folder in the order in which they were written: steps may go back, numbers never do."""
    step: int
    """Steps that were done."""

    @property
    def file(self) -> str:
        """Its name."""
        return f"{self.number:08d}-{self.step}.safetensors"


def stored_in(folder: Path) -> tuple[Stored, ...]:
    """What lies in such a folder, in the order of the numbers; none where there is no folder. Foreign files are passed
    over."""
    try:
        names = os.listdir(folder)
    except OSError:
        return ()
    found = [_NAME.fullmatch(name) for name in names]
    stored = [Stored(int(each[1]), int(each[2])) for each in found if each]
    return tuple(sorted(stored, key=attrgetter("number", "step")))
