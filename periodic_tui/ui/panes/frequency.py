"""The frequency pane: the learned frequency over the steps, and the known answer."""

from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.engine.verdicts.words import basins
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.digits import ROWS, large_digits
from periodic_tui.plotting.figures import level
from periodic_tui.plotting.steps import StepCurve
from periodic_tui.ui.formatting import four_digits, plain
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.widgets.step_pane import StepPane

LARGE = Size(44, 10)
"""Columns and rows from which there is room for large digits."""


class FrequencyPane(StepPane):
    """Shows ω over the steps with the answer as a line, and both with their distance in figures."""

    NAME = "frequency"
    TITLE = "frequency"
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(len(snapshot.omega))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        large = size.width >= LARGE.width and size.height >= LARGE.height
        several = len(snapshot.omega) > 1
        figures = self._lists(snapshot, size.width) if several else self._figures(snapshot, size.width, large)
        plot = self._plot(snapshot, Size(size.width, size.height - figures.rows))
        return Cells.blank(*size).paste(plot, 0, 0).paste(figures, 0, plot.rows)

    def figure(self, snapshot: Snapshot) -> str:
        if snapshot.basin is None:
            return ""
        basin = f"basin ±{snapshot.basin:.4g}"
        outside = snapshot.basin < snapshot.distance < np.inf
        return f"{basin} · {basins(snapshot.distance, snapshot.basin)}" if outside else basin

    def _plot(self, snapshot: Snapshot, size: Size) -> Cells:
        curve = snapshot.omega_curve
        series = [
            *[level(float(answer), "" if n else "answer") for n, answer in enumerate(snapshot.answer)],
            StepCurve.of(curve, curve.low, curve.high, ink=Ink.PALE, style="band"),
            StepCurve.of(curve, label=plain("ω", self.glyphs)),
        ]
        omega = snapshot.abandoned_omega
        return self.over_steps(snapshot, size, series, "linear", also=snapshot.answer, abandoned=omega)

    def _figures(self, snapshot: Snapshot, width: int, large: bool) -> Cells:
        """A column for each quantity: its name and value, and below it the value in large digits."""
        quantities = [("ω", snapshot.omega, Ink.NETWORK)]
        if len(snapshot.answer):
            quantities.append(("answer", snapshot.answer, Ink.TARGET))
        if np.isfinite(snapshot.distance):
            quantities.append(("distance", np.array([snapshot.distance]), Ink.TEXT))
        cells, column = Cells.blank(width, 1 + ROWS if large else 1), 0
        for number, (name, values, ink) in enumerate(quantities):
            text = plain(f"{name} {_list(values)}" if large else f"{name} {four_digits(float(values[0]))}", self.glyphs)
            column = number * width // 3 if large else column
            if column + len(text) > width:
                break
            cells = cells.write(column, 0, text, ink)
            column += len(text) + 2
            if large and len(values) == 1:
                cells = cells.paste(self._large(float(values[0]), ink, width // 3 - 1), number * width // 3, 1)
        return cells

    def _large(self, value: float, ink: Ink, room: int) -> Cells:
        """A figure in large digits, with as many decimals as there is room for."""
        text = four_digits(value)
        while (digits := large_digits(text, ink, self.glyphs)).columns > room and "." in text and "e" not in text:
            text = text[:-1].rstrip(".")
        return digits

    def _lists(self, snapshot: Snapshot, width: int) -> Cells:
        """A row for ω and one for the answer, a column for each frequency."""
        rows = [("ω", snapshot.omega, Ink.NETWORK), ("answer", snapshot.answer, Ink.TARGET)]
        cells = Cells.blank(width, len(rows))
        for row, (name, values, ink) in enumerate(rows):
            cells = cells.write(0, row, plain(name, self.glyphs), ink)
            for number, value in enumerate(values):
                cells = cells.write(8 + 10 * number, row, four_digits(float(value)), ink)
        return cells


def _list(values: Floats) -> str:
    return ", ".join(f"{value:.4f}" if abs(value) < 1e4 else f"{value:.4g}" for value in values)
