"""Losses, frequency and events over the steps, as a table for every program that reads CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from periodic_tui.engine.recording.journal import Line, that_held
from periodic_tui.engine.recording.layout import NotReadable
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.snapshot import Curve, Snapshot
from periodic_tui.export.files import mark_of
from periodic_tui.export.newest import Say, newest_picture

COLUMNS = ("run", "what", "first", "last", "life", "low", "middle", "high", "text", "command")
MOST_STEPS = 10**18


@dataclass(frozen=True)
class Bin:
    """A stretch of steps of a curve."""

    first: int
    last: int
    life: int
    """Counts how often the parameters were drawn or placed anew before."""
    low: float
    middle: float
    high: float


def curves_of(snapshot: Snapshot) -> dict[str, list[Bin]]:
    """The curves of a picture by what they tell of. Raises NotReadable where one is damaged."""
    curves = {"batch loss": snapshot.train_curve, "probe loss": snapshot.probe_curve, "omega": snapshot.omega_curve}
    curves |= {f"logged {name}": curve for name, curve in snapshot.logged.items()}
    return {what: list(_bins(curve, what)) for what, curve in curves.items()}


def _bins(curve: Curve, what: str) -> Iterator[Bin]:
    count = curve.step.size
    last = curve.last if curve.last.size else curve.step
    life = curve.life if curve.life.size else np.zeros(count)
    steps, values = (curve.step, last, life), (curve.low, curve.middle, curve.high)
    if any(array.shape != (count,) for array in (*steps, *values)):
        raise NotReadable(f"the picture is damaged: the columns of its {what} are not equally long")
    if not all(((array >= 0) & (array <= MOST_STEPS)).all() for array in steps):
        raise NotReadable(f"the picture is damaged: its {what} has steps that are none")
    for row in zip(*(array.tolist() for array in (*steps, *values)), strict=True):
        yield Bin(*map(int, row[:3]), *map(float, row[3:]))


def events_of(recording: Recording) -> list[Line]:
    """What happened, but for what came after a step to which training went back."""
    return [line for line in that_held(recording.lines()) if 0 <= line.step <= MOST_STEPS]


def as_csv(recording: Recording, say: Say) -> bytes:
    """The table: a row for every bin of every curve of the focused replica, one for each further frequency as it is in
    the end, and one for every event."""
    snapshot = newest_picture(recording, say)
    curves = curves_of(snapshot)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    mark = mark_of(recording)
    for what, bins in curves.items():
        table.writerows(_of_bin(mark, what, each) for each in bins)
    table.writerows(_of_bin(mark, *each) for each in _other_frequencies(snapshot, curves["omega"]))
    table.writerows(_of_line(mark, line) for line in events_of(recording))
    return text.getvalue().encode()


def _other_frequencies(snapshot: Snapshot, first: list[Bin]) -> Iterator[tuple[str, Bin]]:
    """Those of which there is no curve, as they are where that of the first one ends."""
    for number, omega in enumerate(snapshot.omega.ravel()[1:].tolist() if first else (), 1):
        yield f"omega {number}", Bin(first[-1].last, first[-1].last, first[-1].life, omega, omega, omega)


def _of_bin(mark: str, what: str, each: Bin) -> tuple[object, ...]:
    return mark, what, each.first, each.last, each.life, each.low, each.middle, each.high, "", ""


def _of_line(mark: str, line: Line) -> tuple[object, ...]:
    return mark, "event", line.step, line.step, "", "", "", "", _inert(line.text), _inert(line.command or "")


def _inert(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f" {text}" if text[:1] in ("=", "+", "-", "@") else text
