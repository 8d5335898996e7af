"""The header: what runs, where, how far, how fast and how it stands; below it what is trained."""

import math
import re

from textual.reactive import var

from periodic_tui.engine.snapshot import EMPTY, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import plain, rate
from periodic_tui.ui.glossary import WORDS
from periodic_tui.ui.keys import key_for
from periodic_tui.ui.script_glossary import WORDS as SCRIPT_WORDS
from periodic_tui.ui.widgets.cell_widget import CellWidget
from periodic_tui.ui.widgets.thing import Thing
from periodic_tui.ui.widgets.trained import trained_line

STATE_INKS = {"solved": Ink.TARGET, "diverged": Ink.TROUBLE}
WIDEST_STATE = len("● diverged")
SLOW_LINE = "slow line"
"""Said where the terminal takes fewer frames than there are."""
GAP, NARROW = 3, 2
"""Columns between two parts, and the least between what stands at the left and at the right."""

Line = tuple[list[str], list[str]]
"""What stands at the left, and at the right before the state."""


class Header(CellWidget):
    """Shows two lines."""

    snapshot: var[Snapshot] = var(EMPTY)
    slow_line: var[bool] = var(False)
    """Whether the terminal takes fewer frames than there are."""

    def on_mount(self) -> None:
        self.watch(self.app, "slow_line", self.set_slow_line)

    def set_slow_line(self, slow: bool) -> None:
        self.slow_line = slow

    def watch_snapshot(self) -> None:
        self.redraw()

    def watch_slow_line(self) -> None:
        self.redraw()

    def picture(self) -> Cells:
        width, height = self.size
        cells = Cells.blank(width, height).paste(header_line(self.snapshot, width, self.glyphs, self.slow_line), 0, 0)
        return cells.paste(trained_line(self.snapshot, width - 2, self.glyphs), 1, 1)

    def thing_at(self, column: int, row: int) -> Thing | None:
        """The figure there, by what its word means."""
        lines = self.picture().text()
        known = WORDS | SCRIPT_WORDS if self.snapshot.script else WORDS
        words = part_at(lines[row], column).split() if row < len(lines) else []
        return next((Thing(f"{word}: {known[word]}") for word in words if word in known), None)


def part_at(line: str, column: int) -> str:
    """What stands at a column, between dots and gaps; empty where nothing does."""
    parts = (part for part in re.finditer(r"\S+( \S+)*", re.sub("[·-](?= )", " ", line)))
    return next((part.group() for part in parts if part.start() <= column < part.end()), "")


def header_line(snapshot: Snapshot, width: int, glyphs: Glyphs, slow_line: bool = False) -> Cells:
    """The first line in so many columns; its state keeps its place whatever stands before it."""
    state = plain(_state(snapshot), glyphs).ljust(WIDEST_STATE)
    start = width - len(state) - 1
    room = start - 1 - NARROW - GAP
    left, right = _widest(_lines(snapshot, SLOW_LINE * slow_line), room, glyphs)
    left = left[: max(room - len(right), 0)]
    cells = Cells.blank(width, 1).write(1, 0, left, Ink.TEXT).write(start - len(right) - GAP, 0, right, Ink.TEXT)
    ink = STATE_INKS.get(snapshot.state, Ink.NETWORK) if snapshot.present else Ink.MARK
    return cells.write(start, 0, state, ink)


def _state(snapshot: Snapshot) -> str:
    """How the run stands; of a recorded picture, that it is one."""
    if snapshot.past is None or snapshot.present:
        return f"● {snapshot.state}"
    return "◂ past" if snapshot.past.pace is None or snapshot.script else "▶ replay"


def _widest(lines: list[Line], room: int, glyphs: Glyphs) -> tuple[str, str]:
    """Left and right of the first of the lines that has room; else of the last ones, with their parts closer."""
    for line, gap in [*((line, GAP) for line in lines[:-2]), *((line, NARROW) for line in lines[-3:])]:
        left, right = (plain((" " * gap).join(filter(None, parts)), glyphs) for parts in line)
        if len(left) + len(right) <= room:
            break
    return left, right


def _lines(snapshot: Snapshot, line: str) -> list[Line]:
    """The line as it is on wider and on narrower screens. What gives way first is the engine's remark."""
    engine, _, remark = snapshot.engine.partition(", ")
    place = " · ".join(filter(None, (snapshot.device, engine))) if snapshot.device else ""
    step, speed, at_death = [line, _step(snapshot)], _speed(snapshot), _at_death(snapshot, "stops at death")
    run, wide, brief = [snapshot.preset, snapshot.title], [*step, speed, at_death], _at_death(snapshot, "death")
    return [
        (["periodic-tui", *run], [", ".join(filter(None, (place, remark))), *wide]),
        (["periodic-tui", *run], [place, *wide]),
        (run, [place, *wide]),
        (run, [place, *step, speed, brief]),
        (run, [*step, speed, brief]),
        (run, [*step, speed.replace(" steps/s", "/s"), brief]),
        (run[:1], [*step, speed, brief]),
        (run[:1], [*step, speed.partition(" · ")[0], brief]),
        (run[:1], step),
        (run[:1], []),
    ]


def _step(snapshot: Snapshot) -> str:
    """The step; of a recorded picture, of how many."""
    if snapshot.past is None or snapshot.present:
        return f"step {snapshot.step:>9,}"
    last = f"{snapshot.past.last:,}"
    return f"step {snapshot.step:>{len(last)},} of {last}"


def _speed(snapshot: Snapshot) -> str:
    """The pace that is asked for, or else the measured rate, while there is one; in the past nothing has a pace."""
    if not snapshot.present:
        return ""
    if snapshot.pace and snapshot.state not in ("diverged", "finished"):
        return f"paced {snapshot.pace:,g} steps/s · {key_for('faster')} faster"
    trains = snapshot.rate > 0 and snapshot.state in ("training", "solved")
    return f"{rate(snapshot.rate if trains else math.nan)} steps/s"


def _at_death(snapshot: Snapshot, words: str) -> str:
    return f"{key_for('stop_at_death')}: {words}" if snapshot.stops_at_death and not snapshot.past else ""
