"""Target and prediction: over a window of x in which single periods can be seen, or as maps over two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual.binding import Binding, BindingType
from textual.geometry import Size

from periodic_tui.engine.snapshot import Fit, Floats, Snapshot
from periodic_tui.plotting.axes import Axis, follow, linear_axis
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.figures import Series, curve_figure
from periodic_tui.plotting.heat import DIVERGING, SEQUENTIAL, Palette, heat_map
from periodic_tui.ui.pane import Pane, tick_room
from periodic_tui.ui.wording import plain

Window = tuple[float, float]

CURVES = 3
"""So many outputs are drawn."""
NARROWEST = 1e-6
"""Of the domain: the shortest window."""


class FitPane(Pane):
    """Zooms and pans by asking for another window; the session answers with the fit over it."""

    NAME = "fit"
    TITLE = "fit"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("plus,equals_sign", "zoom(0.5)", "zoom in", id="zoom.in", show=False, tooltip="Halve the range of x"),
        Binding("minus", "zoom(2.0)", "zoom out", id="zoom.out", show=False, tooltip="Double the range of x"),
        Binding("left", "pan(-0.25)", "pan left", id="pan.left", show=False, tooltip="Move a quarter to the left"),
        Binding("right", "pan(0.25)", "pan right", id="pan.right", show=False, tooltip="Move a quarter to the right"),
    ]

    _axis: Axis | None = None
    _asked: tuple[int, Window] = (-1, (0.0, 0.0))
    """The run and the window that the user last asked for."""

    def action_zoom(self, factor: float) -> None:
        self._ask(*zoomed(self._window(), factor))

    def action_pan(self, share: float) -> None:
        low, high = self._window()
        self._ask(low + share * (high - low), high + share * (high - low))

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        fit = snapshot.fit
        if not fit.x.size:
            return Cells.blank(*size)
        return self._curves(fit, size) if fit.inputs == 1 else self._maps(fit, size)

    def figure(self, snapshot: Snapshot) -> str:
        fit = snapshot.fit
        if not fit.x.size:
            return ""
        low, high = float(fit.x.min()), float(fit.x.max())
        digits = max(0, 2 - int(np.floor(np.log10(high - low)))) if high > low else 2
        return f"x ∈ [{low:,.{digits}f}, {high:,.{digits}f}] of [{fit.domain[0]:,g}, {fit.domain[1]:,g}]"

    def _window(self) -> Window:
        run, window = self._asked
        x = self.snapshot.fit.x
        return window if run == self.snapshot.run or not x.size else (float(x.min()), float(x.max()))

    def _ask(self, low: float, high: float) -> None:
        fit = self.snapshot.fit
        if fit.x.size and fit.inputs == 1:
            self._asked = self.snapshot.run, inside((low, high), fit.domain)
            self.post_message(self.Look(self._asked[1]))

    def _curves(self, fit: Fit, size: Size) -> Cells:
        target, prediction = _columns(fit.target), _columns(fit.prediction)
        across, up = tick_room(size)
        self._axis = follow(self._axis, (target, prediction), up)
        series = [*_series(fit.x, target, Ink.TARGET, "target"), *_series(fit.x, prediction, Ink.NETWORK, "network")]
        edges = [edge for interval in fit.trained for edge in interval if fit.x[0] < edge < fit.x[-1]]
        window = exact_axis(float(fit.x[0]), float(fit.x[-1]), across)
        return curve_figure(size, series, window, self._axis, marks=edges, x_label="x", glyphs=self.glyphs)

    def _maps(self, fit: Fit, size: Size) -> Cells:
        error = fit.prediction - fit.target
        largest = _largest(error)
        values = np.concatenate([fit.target.ravel(), fit.prediction.ravel()])
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        maps: list[tuple[str, Floats, float, float, Palette]] = [
            ("target", fit.target, low, high, SEQUENTIAL),
            ("network", fit.prediction, low, high, SEQUENTIAL),
            (f"error ±{largest:.2g}", error, -largest, largest, DIVERGING),
        ]
        return self._side_by_side(maps, size)

    def _side_by_side(self, maps: Sequence[tuple[str, Floats, float, float, Palette]], size: Size) -> Cells:
        cells = Cells.blank(*size)
        width = (size.width + 1) // len(maps) - 1
        for number, (name, values, low, high, palette) in enumerate(maps):
            colors = None if self.app.no_color else palette
            picture = heat_map(np.flipud(values), width, size.height - 1, low, high, colors, self.glyphs)
            column = number * (width + 1)
            cells = cells.paste(picture, column, 1).write(column, 0, plain(name, self.glyphs)[:width], Ink.TEXT)
        return cells


def zoomed(window: Window, factor: float) -> Window:
    """The window about the same middle, so many times as long."""
    low, high = window
    middle, half = (low + high) / 2, factor * (high - low) / 2
    return middle - half, middle + half


def inside(window: Window, domain: Window) -> Window:
    """The window moved into the domain, no longer than it and no shorter than can be drawn."""
    length = domain[1] - domain[0]
    half = min(max(window[1] - window[0], NARROWEST * length), length) / 2
    middle = min(max((window[0] + window[1]) / 2, domain[0] + half), domain[1] - half)
    return middle - half, middle + half


def exact_axis(low: float, high: float, room: int) -> Axis:
    """An axis that ends where the window does."""
    axis = linear_axis(low, high, room)
    seen = [number for number, tick in enumerate(axis.ticks) if low <= tick <= high]
    ticks, labels = tuple(axis.ticks[n] for n in seen), tuple(axis.labels[n] for n in seen)
    return replace(axis, low=low, high=high, ticks=ticks, labels=labels) if low < high and seen else axis


def _columns(values: Floats) -> Floats:
    return values.reshape(len(values), -1)[:, :CURVES]


def _series(x: Floats, columns: Floats, ink: Ink, label: str) -> list[Series]:
    return [Series(x, column, ink, label="" if number else label) for number, column in enumerate(columns.T)]


def _largest(error: Floats) -> float:
    finite = np.abs(error[np.isfinite(error)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1e-12
