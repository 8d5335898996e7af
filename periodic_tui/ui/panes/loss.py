"""The loss pane: losses over the steps, on a log scale."""

import math
from collections.abc import Iterator
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.figures import Series, Style
from periodic_tui.plotting.steps import StepCurve
from periodic_tui.ui.formatting import loss, plain
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.widgets.step_pane import StepPane

LOGGED: tuple[tuple[Ink, Style], ...] = (
    (Ink.TEXT, "line"),
    (Ink.TARGET, "line"),
    (Ink.MARK, "line"),
    (Ink.TEXT, "dashes"),
    (Ink.TARGET, "dashes"),
    (Ink.MARK, "dashes"),
)
"""How the curves look that a script has logged, in their order; more of them are not drawn."""
CLOSE = 0.97
"""A line that gets more than this share of the best constant's loss is not drawn beside it."""


class LossPane(StepPane):
    """Shows minibatch losses as a band with their geometric mean, and beside them the loss on the probe, or what a
    script has logged."""

    NAME = "loss"
    TITLE = "loss"
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return any(len(curve.step) for curve in (snapshot.train_curve, snapshot.probe_curve, *snapshot.logged.values()))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        batch, untreated = snapshot.train_curve, snapshot.untreated_curve
        series: list[Series] = [
            *self._levels(snapshot),
            StepCurve.of(batch, batch.low, batch.high, ink=Ink.PALE, style="band"),
            StepCurve.of(batch, label="batch"),
            *_beside(snapshot, self.glyphs),
        ]
        if len(untreated.step):
            series.append(StepCurve.of(untreated, ink=Ink.MARK, style="dashes", label="untreated"))
        return self.over_steps(snapshot, size, series, "log", abandoned=snapshot.abandoned_curve)

    def _levels(self, snapshot: Snapshot) -> list[Series]:
        """A pale line at the loss of each baseline that the curves come near; those that are 0 have no place."""
        levels, ends = snapshot.baselines, self.steps(snapshot)
        named = [("mean", levels.mean), ("line", levels.line), ("data", levels.data or 0.0)]
        named.append(("last value", levels.persistence or 0.0))
        if levels.line > CLOSE * levels.mean:
            del named[1]
        return [
            Series(ends, (value, value), ink=Ink.PALE, style="dashes", label=name) for name, value in named if value > 0
        ]

    def figure(self, snapshot: Snapshot) -> str:
        if snapshot.script:
            return _last(snapshot)
        parts = [f"probe {loss(snapshot.loss)}"]
        if snapshot.loss_test is not None:
            parts.append(f"test {loss(snapshot.loss_test)}")
        last = snapshot.untreated_curve.last[-1:]
        if last.size and last[0] + 1 < snapshot.step:
            parts.append(f"untreated to {last[0] + 1:,.0f}")
        if not math.isnan(snapshot.train_loss):
            parts.append(f"batch {loss(snapshot.train_loss)}")
        return " · ".join(parts)


def _beside(snapshot: Snapshot, glyphs: Glyphs) -> Iterator[Series]:
    """The loss on the probe; of a script what it has logged, by name."""
    if len(snapshot.probe_curve.step):
        yield StepCurve.of(snapshot.probe_curve, ink=Ink.TEXT, label="probe")
    for (name, curve), (ink, style) in zip(snapshot.logged.items(), LOGGED, strict=False):
        yield StepCurve.of(curve, ink=ink, style=style, label=plain(name, glyphs))


def _last(snapshot: Snapshot) -> str:
    """The newest value of each curve of a script."""
    parts = [] if math.isnan(snapshot.loss) and not len(snapshot.train_curve.step) else [f"batch {loss(snapshot.loss)}"]
    named = [(name, curve.middle[-1]) for name, curve in snapshot.logged.items() if len(curve.middle)]
    return " · ".join([*parts, *(f"{name} {loss(value)}" for name, value in named)])
