"""The population pane: all replicas by their outcomes, and the quantiles of their losses."""

from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size

from periodic_tui.engine.snapshot import Curve, Snapshot
from periodic_tui.engine.wilson import wilson
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.outcomes import OUTCOMES
from periodic_tui.plotting.steps import StepCurve
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.glossary import VERDICTS
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.widgets.step_pane import StepPane
from periodic_tui.ui.widgets.thing import Thing

FAN_ROWS = 6
"""Rows from which the fan of losses can be read."""


class PopulationPane(StepPane):
    """Shows a cell for each replica; its cursor chooses the replica that all other panes show."""

    NAME = "population"
    TITLE = "population"
    HINTS = (("population.left population.up", "choose"),)
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    _columns, _spread, _first, _rows = 1, 1, 0, 0
    """Of the grid as it was drawn: cells in a row, columns of a cell, the first replica, and rows."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return snapshot.replicas > 1 and snapshot.state != "starting"

    def action_move(self, across: int, down: int) -> None:
        chosen = self.snapshot.focus + across + down * self._columns
        if 0 <= chosen < self.snapshot.replicas:
            self.post_message(self.Look(focus=chosen))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        counts = self._counts(snapshot, size.width)
        rows = max(size.height - len(counts), 0)
        spread = self._spread = 2 if -(-snapshot.replicas * 2 // max(size.width - 1, 1)) <= rows - FAN_ROWS else 1
        self._columns = max((size.width - 1) // spread, 1)
        needed = -(-snapshot.replicas // self._columns)
        fan = rows - needed if rows - needed >= FAN_ROWS else 0
        cells = Cells.blank(*size).paste(self._grid(snapshot, rows - fan, spread), 0, 0)
        for row, line in enumerate(counts):
            cells = cells.write(0, min(rows - fan, needed) + row, line, Ink.TEXT)
        return cells.paste(self._fan(snapshot, Size(size.width, fan)), 0, size.height - fan) if fan else cells

    def thing_inside(self, column: int, row: int) -> Thing | None:
        """The replica there: a click has all panes show it."""
        place = column // self._spread
        replica = self._first + row * self._columns + place
        if row >= self._rows or place >= self._columns or replica >= self.snapshot.replicas:
            return None
        code = next(iter(codes_of(self.snapshot, replica, replica + 1)), "")
        said = f" · {code}: {VERDICTS[code]}" if code in VERDICTS else ""
        return Thing(f"replica {replica:,}{said}", lambda: self.post_message(self.Look(focus=replica)))

    def figure(self, snapshot: Snapshot) -> str:
        solved = snapshot.outcomes.get("solved", 0)
        low, high = wilson(solved, snapshot.replicas)
        share = 100 * solved / snapshot.replicas
        interval = f"{share:.1f} % [{100 * low:.1f}, {100 * high:.1f}] solved"
        return f"{interval} · {snapshot.replicas:,} seeds · cursor: seed {snapshot.seed}"

    def _grid(self, snapshot: Snapshot, rows: int, spread: int) -> Cells:
        """A cell for each replica; rows that do not fit scroll with the cursor."""
        columns, cells = self._columns, Cells.blank(self._columns * spread + 1, rows)
        total = -(-snapshot.replicas // columns)
        first = min(max(snapshot.focus // columns - rows // 2, 0), max(total - rows, 0))
        self._first, self._rows = first * columns, rows
        codes = codes_of(snapshot, first * columns, (first + rows) * columns)
        for place, code in enumerate(codes):
            shape, ink = OUTCOMES[code]
            cells.glyphs[place // columns, place % columns * spread] = ord(plain(shape, self.glyphs))
            cells.ink[place // columns, place % columns * spread] = ink
        at = snapshot.focus - first * columns
        if spread > 1 and 0 <= at < len(codes):
            cells = cells.write(at % columns * spread + 1, at // columns, "<", Ink.MARK)
        elif 0 <= at < len(codes):
            cells.ink[at // columns, at % columns] = Ink.CURSOR
        return cells

    def _counts(self, snapshot: Snapshot, width: int) -> list[str]:
        """The outcomes that occur, the most frequent first, as many to a line as fit."""
        lines: list[str] = []
        for code, count in sorted(snapshot.outcomes.items(), key=lambda entry: -entry[1]):
            text = plain(f"{OUTCOMES[code][0]} {code} {count}", self.glyphs)
            if lines and len(lines[-1]) + 3 + len(text) <= width:
                lines[-1] += "   " + text
            else:
                lines.append(text[:width])
        return lines

    def _fan(self, snapshot: Snapshot, size: Size) -> Cells:
        """Quantiles of the probe loss over replicas: 5–95 % and 25–75 % as bands, the median as a line."""
        if len(snapshot.loss_fan) != 5 or not snapshot.loss_fan[0].step.size:
            return Cells.blank(*size)
        lowest, low, median, high, highest = snapshot.loss_fan
        series = [band(lowest, highest, Ink.PALE, "5-95 %"), band(low, high, Ink.NETWORK, "25-75 %")]
        series.append(StepCurve.of(median, ink=Ink.TEXT, label="median"))
        return self.over_steps(snapshot, size, series, "log")


def codes_of(snapshot: Snapshot, first: int, last: int) -> tuple[str, ...]:
    """The codes of some replicas."""
    codes, of = snapshot.outcome_codes, snapshot.outcome_of
    return codes[first:last] if of is None else tuple(codes[each] for each in of[first:last] if each < len(codes))


def band(low: Curve, high: Curve, ink: Ink, label: str) -> StepCurve:
    """The area between two quantiles."""
    return StepCurve.of(low, low.middle, high.middle, ink=ink, style="band", label=label)
