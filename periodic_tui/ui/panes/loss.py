"""The loss pane: losses over the steps, on a log scale."""

from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.figures import Series
from periodic_tui.ui.formatting import loss
from periodic_tui.ui.widgets.plot_pane import PlotPane


class LossPane(PlotPane):
    """Shows minibatch losses as a band with their geometric mean, and the loss on the probe."""

    NAME = "loss"
    TITLE = "loss"

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(len(snapshot.train_curve.step) or len(snapshot.probe_curve.step))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        batch, probe = snapshot.train_curve, snapshot.probe_curve
        untreated = snapshot.untreated_curve
        series = [
            Series(batch.step, batch.low, Ink.PALE, "band", high=batch.high),
            Series(batch.step, batch.middle, label="batch"),
            *([Series(untreated.step, untreated.middle, Ink.QUIET, label="untreated")] if len(untreated.step) else []),
            Series(probe.step, probe.middle, Ink.TEXT, label="probe"),
        ]
        return self.over_steps(snapshot, size, series, (batch.low, batch.high, probe.low, probe.high), "log")

    def figure(self, snapshot: Snapshot) -> str:
        test = "" if snapshot.loss_test is None else f" · test {loss(snapshot.loss_test)}"
        return f"probe {loss(snapshot.loss)}{test} · batch {loss(snapshot.train_loss)}"
