"""The landscape pane: the loss around the present point, over ω in closed form or along straight lines."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from textual.geometry import Size

from periodic_tui.engine.snapshot import Landscape, Snapshot
from periodic_tui.plotting.axes import linear_axis
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.figures import EVERYWHERE, Series
from periodic_tui.ui.formatting import four_digits
from periodic_tui.ui.widgets.plot_pane import PlotPane, tick_room

TWO_PLOTS = 18
"""Rows from which loss and gradient have a plot each."""
LINES = {
    "answer": ("to the answer", Ink.TARGET),
    "gradient": ("downhill", Ink.NETWORK),
    "sharpest": ("sharpest", Ink.PALE),
}


class LandscapePane(PlotPane):
    """Marks the present ω and shades the answer's basin; `g` shows the answer's surroundings, or all of it."""

    NAME = "landscape"
    TITLE = "landscape"
    ASKS = True

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        """Nobody can ask a recorded picture for what it does not hold."""
        held = not (snapshot.past or snapshot.script) or bool(snapshot.landscape.x.size)
        return super().is_relevant(snapshot) and held

    def zoom_at(self, factor: float, share: float) -> None:
        """Show the answer's surroundings, or all of it."""
        if self.snapshot.landscape.sampled.size:
            self.post_message(self.Look(near=factor < 1))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        landscape = snapshot.landscape
        if not landscape.x.size:
            return Cells.blank(*size)
        if landscape.lines:
            return self._lines(landscape, size)
        upper = size.height // 2 if size.height >= TWO_PLOTS else 0
        gradient = self._gradient(snapshot, Size(size.width, size.height - upper))
        if not upper:
            return gradient
        return Cells.blank(*size).paste(self._loss(snapshot, Size(size.width, upper)), 0, 0).paste(gradient, 0, upper)

    def figure(self, snapshot: Snapshot) -> str:
        landscape = snapshot.landscape
        if landscape.lines:
            return f"1 is {four_digits(landscape.reach)} away in parameters{_age(snapshot)}"
        if not landscape.sampled.size:
            return ""
        return f"{_push(snapshot)}g: {'wide' if landscape.near else 'near'}{_age(snapshot)}"

    def _loss(self, snapshot: Snapshot, size: Size) -> Cells:
        landscape = snapshot.landscape
        series = [
            *_basin(snapshot),
            Series(landscape.x, landscape.loss, label="expected loss"),
            *_candidates(snapshot),
            *_mark(landscape, landscape.present_loss),
        ]
        return self._plot("loss", landscape, size, series, (landscape.loss, [0.0, landscape.present_loss]))

    def _gradient(self, snapshot: Snapshot, size: Size) -> Cells:
        landscape = snapshot.landscape
        series = [
            *_basin(snapshot),
            Series(landscape.x, landscape.sampled, Ink.PALE, "points", shape="", label="of a batch"),
            Series(landscape.x, landscape.gradient, label="dL/dω"),
            *_mark(landscape, landscape.present_gradient),
        ]
        values = landscape.sampled, landscape.gradient, [landscape.present_gradient]
        return self._plot("gradient", landscape, size, series, values)

    def _lines(self, landscape: Landscape, size: Size) -> Cells:
        series = [
            Series(landscape.x, line.loss, LINES[line.name][1], label=LINES[line.name][0]) for line in landscape.lines
        ]
        series.append(Series([0.0], [landscape.present_loss], Ink.TEXT, "points", label="here"))
        return self._plot("loss", landscape, size, series, [line.loss for line in landscape.lines])

    def _plot(
        self, name: str, landscape: Landscape, size: Size, series: Sequence[Series], data: Iterable[ArrayLike]
    ) -> Cells:
        across, up = tick_room(size)
        y_axis = self.axis(name, data, up, "log" if landscape.lines else "linear")
        x_axis = linear_axis(float(landscape.x[0]), float(landscape.x[-1]), across)
        label = "way" if landscape.lines else "ω"
        return self.curves(size, series, x_axis, y_axis, x_label=label)


def _basin(snapshot: Snapshot) -> list[Series]:
    """The answer's basin from bottom to top, never narrower than a column."""
    if snapshot.basin is None or not len(snapshot.answer):
        return []
    answer, x = float(snapshot.answer[0]), snapshot.landscape.x
    half = max(snapshot.basin, float(x[-1] - x[0]) / 400)
    low, high = np.repeat(EVERYWHERE[:, None], 2, axis=1)
    edge = np.array([answer - half, answer + half])
    return [Series(edge, low, Ink.TARGET, "band", high=high, label="basin")]


def _push(snapshot: Snapshot) -> str:
    """Gradient and noise as the verdict tells them; nothing where they are of another step than the landscape."""
    stats = snapshot.gradient_stats
    if math.isnan(stats.gradient) or stats.step != snapshot.landscape.step:
        return ""
    return f"gradient {four_digits(stats.gradient)} in noise ±{stats.noise:.3g} · "


def _age(snapshot: Snapshot) -> str:
    """The step of a landscape that is older than the picture."""
    step = snapshot.landscape.step
    return f" · at step {step:,}" if step < snapshot.step else ""


def _mark(landscape: Landscape, height: float) -> list[Series]:
    """ω as it is, at that height, where it is in sight."""
    if not landscape.x[0] <= landscape.present <= landscape.x[-1]:
        return []
    return [Series([landscape.present], [height], Ink.TEXT, "points", label="ω")]


def _candidates(snapshot: Snapshot) -> list[Series]:
    """The frequencies that a remedy has still in the running, at their expected loss."""
    x, seen = snapshot.landscape.x, snapshot.candidates
    seen = seen[(seen >= x[0]) & (seen <= x[-1])]
    if not len(seen):
        return []
    loss = np.interp(seen, x, snapshot.landscape.loss)
    return [Series(seen, loss, Ink.NETWORK, "points", label=f"{len(snapshot.candidates)} candidates")]
