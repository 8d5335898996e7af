"""The journal of a recording: a line for everything that happened, written as it happens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Literal

from periodic_tui.engine.recording.layout import FORMAT, NotReadable
from periodic_tui.engine.recording.values import value_of
from periodic_tui.engine.snapshot import Event

MOST_BYTES = 1 << 26
"""Largest journal that is read."""
_LONGEST = 100_000
"""Characters of a line, at most; longer ones are passed over."""
Kind = Literal["event", "back"]
"""Something happened, by a command or not; training went back to that step: what came after it never was."""


@dataclass(frozen=True)
class Line:
    """One line of a journal."""

    number: int
    """Counts the lines from 0 on: steps may go back, numbers never do."""
    step: int
    text: str = ""
    command: str | None = None
    """Words of the command that was applied, if one was."""
    death: int | None = None
    kind: Kind = "event"
    kept: int | None = None
    """Where training went back, the lines from this number on never were either; None: those after the step."""

    @property
    def event(self) -> Event:
        """What the events pane shows."""
        return Event(self.step, self.text, self.command, self.death)

    @property
    def data(self) -> bytes:
        """As it is written, with the line's end."""
        return json.dumps({"format": FORMAT} | asdict(self), ensure_ascii=True).encode() + b"\n"


def lines_of(data: bytes) -> list[Line]:
    """The lines of a journal. One that is cut short or damaged is passed over; raises NotReadable for another
    version."""
    found: list[Line] = []
    for text in data.splitlines():
        if len(text) <= _LONGEST and (line := _line(text)):
            found.append(line)
    return found


def _line(text: bytes) -> Line | None:
    try:
        told: dict[str, Any] = json.loads(text)
        version = told["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if version != FORMAT:
        raise NotReadable(f"journal.jsonl: is of format {version!r}, expected {FORMAT}: it needs another version")
    with suppress(NotReadable):
        return value_of(Line, told, "journal.jsonl")
    return None


def that_held(lines: Iterable[Line]) -> Sequence[Line]:
    """The lines without those after a step to which training went back."""
    held: list[Line] = []
    for line in lines:
        if line.kind == "back":
            kept = line.number if line.kept is None else line.kept
            held = [each for each in held if each.step <= line.step and each.number < kept]
        else:
            held.append(line)
    return held
