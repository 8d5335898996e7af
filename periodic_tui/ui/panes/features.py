"""What the last hidden layer makes of the probe: a point for each of its points, in two dimensions."""

from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.figures import Series
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.widgets.plot_pane import PlotPane, tick_room

FEWEST = 3
"""Units from which two dimensions leave something out."""
THIRDS = (("low y", Ink.NETWORK, "●"), ("middle", Ink.TEXT, "▫"), ("high y", Ink.TARGET, "■"))


class FeaturesPane(PlotPane):
    """Points with nearby values of the target should lie together. Enter asks for t-SNE, and again for PCA."""

    NAME = "features"
    TITLE = "features"
    ASKS = True
    HINTS = (("features.method", "PCA or t-SNE"),)
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    _tsne = False

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        """Nobody can ask a recorded picture for what it does not hold."""
        held = not (snapshot.past or snapshot.script) or bool(snapshot.features.points.size)
        return held and bool(snapshot.layers) and snapshot.layers[-1].units >= FEWEST

    def action_turn_method(self) -> None:
        self._tsne = not self._tsne
        self.post_message(self.Look(tsne=self._tsne))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        features = snapshot.features
        if not features.points.size:
            return Cells.blank(*size)
        across, up = tick_room(size)
        x, y = features.points.T
        axes = self.axis("x", (x,), across), self.axis("y", (y,), up)
        series = [
            Series(x[which], y[which], ink, "points", shape=shape, label=name)
            for which, (name, ink, shape) in zip(thirds(features.target), THIRDS, strict=True)
        ]
        return self.curves(size, series, *axes)

    def figure(self, snapshot: Snapshot) -> str:
        features = snapshot.features
        if features.remark or not features.method:
            return features.remark
        if features.method != "PCA":
            return f"{features.method} of step {features.step:,} · enter: PCA"
        return f"PCA, {features.explained:.0%} of the spread · enter: t-SNE"


def thirds(target: Floats) -> list[Mask]:
    """Three masks: the lowest, the middle and the highest third of the values."""
    low, high = np.quantile(target, [1 / 3, 2 / 3])
    return [target <= low, (target > low) & (target <= high), target > high]
