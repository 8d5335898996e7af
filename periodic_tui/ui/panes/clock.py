"""The clock pane: the time and what the network says it is, second by second."""

import time
from collections.abc import Callable

import numpy as np
from textual.geometry import Size

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.engine.snapshot import ClockFace, Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.digits import ROWS, large_digits
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.widgets.pane import Pane

TICK = 0.25
"""Seconds between looks at the wall's clock."""
WIDTH = 27
"""Columns of hh:mm:ss in large digits."""
HEIGHT = ROWS + 2
"""Rows of a clock with its name above."""
GAP = 4
"""Columns between two clocks."""


class ClockPane(Pane):
    """Shows both times in large digits, wrong ones crossed out, then the seconds to come; only those in little room."""

    NAME = "clock"
    TITLE = "clock"

    wall: Callable[[], float] = staticmethod(time.time)
    """Seconds since 1970."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.clock.true.size)

    def on_mount(self) -> None:
        self.set_interval(TICK, self._tick)

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        self.redraw()

    def _tick(self) -> None:
        if self.snapshot.state in ("training", "solved") and self.is_relevant(self.snapshot):
            self.redraw()

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        face = snapshot.clock
        running = snapshot.state in ("training", "solved")
        at = shown_second(face, self.wall()) if running else 0
        beside = size.width >= 2 * WIDTH + GAP
        if size.height < (HEIGHT if beside else 2 * HEIGHT - 1):
            return self._coming(Cells.blank(*size), face, at - 1, 0)
        cells = self._clock(Cells.blank(*size), 0, 0, "true", face.true[at], Ink.TARGET)
        column, row = (WIDTH + GAP, 0) if beside else (0, HEIGHT - 1)
        cells = self._clock(cells, column, row, "network", face.predicted[at], Ink.NETWORK)
        wrong = crossed_out(face.true[at], face.predicted[at])
        cells = cells.write(column, row + ROWS + 1, plain(wrong, self.glyphs), Ink.TROUBLE)
        return self._coming(cells, face, at, row + HEIGHT)

    def figure(self, snapshot: Snapshot) -> str:
        right = right_seconds(snapshot.clock)
        return f"{int(right.sum()):>2} of {len(right)} seconds right" if right.size else ""

    def _clock(self, cells: Cells, column: int, row: int, name: str, digits: Floats, ink: Ink) -> Cells:
        cells = cells.write(column, row, name, ink)
        return cells.paste(large_digits(hands(digits), ink, self.glyphs), column, row + 1)

    def _coming(self, cells: Cells, face: ClockFace, at: int, row: int) -> Cells:
        """A row for each second after number `at`: true, predicted, and whether they differ."""
        right = right_seconds(face)
        for number in range(at + 1, min(at + 1 + cells.rows - row, len(right))):
            here = row + number - at - 1
            cells = cells.write(0, here, hands(face.true[number]), Ink.TARGET)
            cells = cells.write(10, here, hands(face.predicted[number]), Ink.NETWORK)
            sign, ink = ("=", Ink.QUIET) if right[number] else ("×", Ink.TROUBLE)
            cells = cells.write(20, here, plain(sign, self.glyphs), ink)
        return cells


def shown_second(face: ClockFace, now: float) -> int:
    """The number of the instant that the wall's clock shows, or the nearest there is."""
    return min(max(int(now) - face.second, 0), len(face.true) - 1)


def hands(digits: Floats) -> str:
    """Second, minute and hour as 12:34:56; -- for what is not finite."""
    return ":".join(f"{int(digit):02}" if np.isfinite(digit) else "--" for digit in digits[::-1])


def right_seconds(face: ClockFace) -> Mask:
    """Whether all three digits are right, `[seconds]`."""
    return np.asarray((face.true == face.predicted).all(axis=-1) if face.true.size else np.empty(0, bool))


def crossed_out(true: Floats, predicted: Floats) -> str:
    """Crosses below the large digits that are wrong, one below each half of a pair."""
    pairs = ["   " if a == b else "×" for a, b in zip(true[::-1], predicted[::-1], strict=True)]
    return "   ".join(pair.center(7) for pair in pairs)
