"""The learning rates that a remedy tried on copies, and what the loss came to with each."""

import math

import numpy as np
from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot, Sweep
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.figures import Series
from periodic_tui.ui.widgets.plot_pane import PlotPane, tick_room

ROUNDING = 1e-5
"""By which the rate of a run differs from the one that was tried, as a logarithm."""


class RatesPane(PlotPane):
    """The loss over lr, both as logarithms; the rate that the run has is marked."""

    NAME = "rates"
    TITLE = "learning rates"

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.sweep.lr.size)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        sweep, now = snapshot.sweep, snapshot.trained.lr
        if not sweep.lr.size:
            return Cells.blank(*size)
        across, up = tick_room(size)
        axes = (
            self.axis("lr", (sweep.lr,), across, "log"),
            self.axis("loss", (sweep.loss, [sweep.before]), up, "log"),
        )
        series = [
            Series(sweep.lr[[0, -1]], [sweep.before, sweep.before], Ink.PALE, "dashes", label="before"),
            Series(sweep.lr, sweep.loss, label="after"),
            Series(sweep.lr, sweep.loss, style="points", shape="∙"),
            Series([now], [loss_at(sweep, now)], Ink.MARK, "points", label="lr now"),
        ]
        return self.curves(size, series, *axes, x_label="lr")

    def figure(self, snapshot: Snapshot) -> str:
        sweep = snapshot.sweep
        return f"loss after {sweep.steps:,} steps of copies from step {sweep.step:,}" if sweep.lr.size else ""


def loss_at(sweep: Sweep, lr: float) -> float:
    """The loss on the line between two trials, as it is drawn; NaN beside them."""
    drawn = np.isfinite(sweep.loss) & (sweep.loss > 0)
    if not (drawn.any() and lr > 0):
        return math.nan
    rates, losses, place = np.log(sweep.lr[drawn]), np.log(sweep.loss[drawn]), math.log(lr)
    near = rates[0] - ROUNDING < place < rates[-1] + ROUNDING
    return float(np.exp(np.interp(place, rates, losses))) if near else math.nan
