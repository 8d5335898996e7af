"""The fit pane: target and network as curves, maps over two inputs, weights, or the outputs for one sample."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.geometry import Size

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.engine.snapshot import Fit, Snapshot
from periodic_tui.plotting.axes import Axis, follow, labels_of, linear_axis
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.figures import Series, Style
from periodic_tui.plotting.frame import frame
from periodic_tui.plotting.heat import DIVERGING, SEQUENTIAL
from periodic_tui.plotting.maps import Map, banded, map_size, side_by_side, zero_lines
from periodic_tui.plotting.regions import HELD_OUT, NOT_YET, region_row
from periodic_tui.ui.formatting import loss, plain
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.themes import has_shades
from periodic_tui.ui.widgets.pane import ZOOM
from periodic_tui.ui.widgets.plot_pane import PlotPane, Window, tick_room

CURVES = 3
"""So many outputs are drawn."""
NARROWEST = 1e-6
"""Of the domain: the shortest window."""
REGIONS = 8
"""Rows from which there is one for the trained and held-out stretches, where part of the domain was held out."""
ERROR_ROWS = 16
"""Rows from which each of three maps can be read: the error has a place beside target and network."""
MOST_LINES = 16
"""Units whose zero lines are drawn unasked."""


class FitPane(PlotPane):
    """Shows the fit over a window of x. To zoom or pan it asks the session for the fit over another window."""

    NAME = "fit"
    TITLE = "fit"
    HINTS = ZOOM
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    _asked: tuple[int, Window] = (-1, (0.0, 0.0))
    """The run and the window that the user last asked for."""
    _lines: bool | None = None
    """Whether the units' zero lines lie over the map, once the user has chosen."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return snapshot.state != "starting" and bool(snapshot.fit.x.size)

    def action_zoom(self, factor: float) -> None:
        self.zoom_at(factor, 0.5)

    def action_pan(self, share: float) -> None:
        if window := self.window():
            low, high = window
            self.show_window(low + share * (high - low), high + share * (high - low))

    def action_lines(self) -> None:
        self._lines = not self._has_lines(self.snapshot)
        self.redraw()

    def _has_lines(self, snapshot: Snapshot) -> bool:
        if self._lines is None:
            return bool(snapshot.layers) and snapshot.layers[0].units <= MOST_LINES
        return self._lines

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        fit = snapshot.fit
        return self._maps(snapshot, size) if fit.kind in ("maps", "weights") else self._curves(fit, size)

    def figure(self, snapshot: Snapshot) -> str:
        fit = snapshot.fit
        if fit.kind == "weights":
            return f"{fit.target.shape[1]} inputs across, {fit.target.shape[0]} outputs down"
        if fit.kind == "sample":
            return "outputs for one signal · of the probe"
        low, high = float(fit.x.min()), float(fit.x.max())
        if fit.kind == "maps":
            return f"x, y ∈ [{low:,g}, {high:,g}] · lines: where units begin (k)"
        digits = max(0, 2 - int(np.floor(np.log10(high - low)))) if high > low else 2
        window = f"x ∈ [{low:,.{digits}f}, {high:,.{digits}f}]"
        if fit.used:
            return f"trained on {interval(fit.used)} of {interval(fit.domain)} · {window}"
        return f"{window} of [{fit.domain[0]:,g}, {fit.domain[1]:,g}]"

    def window(self) -> Window | None:
        """What was asked for, or else what is shown; None for maps, weights and samples."""
        (run, window), fit = self._asked, self.snapshot.fit
        if not fit.x.size or fit.kind not in ("curves", "phases"):
            return None
        return window if run == self.snapshot.run else (float(fit.x.min()), float(fit.x.max()))

    def show_window(self, low: float, high: float) -> None:
        self._asked = self.snapshot.run, inside((low, high), self.snapshot.fit.domain)
        self.post_message(self.Look(window=self._asked[1]))

    def _curves(self, fit: Fit, size: Size) -> Cells:
        target, prediction = _columns(fit.target), _columns(fit.prediction)
        across, up = tick_room(size)
        y_axis = self.axis("y", (target, prediction), up)
        style: Style = "points" if fit.kind == "phases" else "line"
        series = [
            *_series(fit.x, target, Ink.TARGET, "target", style),
            *_series(fit.x, prediction, Ink.NETWORK, "network", style),
        ]
        window, label = exact_axis(float(fit.x[0]), float(fit.x[-1]), across), "output" if fit.kind == "sample" else "x"
        trained, names = ((fit.used,), NOT_YET) if fit.used else (fit.trained, HELD_OUT)
        told = size.height >= REGIONS and bool(trained) and trained != (fit.domain,)
        plot = Size(size.width, size.height - told)
        cells = self.curves(plot, series, window, y_axis, x_label=label)
        still = self.ground = frame(*plot, window, y_axis, label, self.glyphs)
        if not told:
            return cells
        regions = region_row(still.columns, (window.low, window.high), trained, self.glyphs, names)
        return Cells.blank(*size).paste(cells, 0, 1).paste(regions, still.column, 0)

    def _maps(self, snapshot: Snapshot, size: Size) -> Cells:
        fit = snapshot.fit
        low, high = limits(fit.target)
        largest = limits(np.append(np.abs(fit.prediction - fit.target).ravel(), 0.0))[1]
        known, learned = fit.target, fit.prediction
        if fit.kind == "maps":
            known, learned = banded(known, low, high), banded(learned, low, high)
        error, title = fit.prediction - fit.target, plain(f"error ±{loss(largest).strip()}", self.glyphs)
        color, signed = (SEQUENTIAL, DIVERGING) if has_shades(self.app) else (None, None)
        names = ("target", "network") if fit.kind == "maps" else ("known", "learned")
        beside = 3 if fit.kind == "weights" or map_size(size, 3, fit.target.shape)[1] >= ERROR_ROWS else 2
        maps = [
            Map(names[0], known, low, high, color, Ink.TARGET),
            Map(names[1], learned, low, high, color, Ink.NETWORK, self._zero_lines(snapshot, size, beside)),
            Map(title, error, -largest, largest, signed),
        ]
        return side_by_side(size, maps[:beside], self.glyphs)

    def _zero_lines(self, snapshot: Snapshot, size: Size, maps: int) -> Mask | None:
        """Dots on which the first layer's units begin, for one of so many maps in a pane of this size."""
        fit = snapshot.fit
        incoming = bool(snapshot.layers) and snapshot.layers[0].incoming.size
        if not (fit.kind == "maps" and incoming and self._has_lines(snapshot)):
            return None
        layer, (columns, rows) = snapshot.layers[0], map_size(size, maps, fit.target.shape)
        weights = layer.incoming * (np.array(fit.scale) if fit.scale else 1.0)
        bias = layer.bias + (layer.incoming @ np.array(fit.offset) if fit.offset else 0.0)
        return zero_lines(weights, bias, float(fit.x[0]), float(fit.x[-1]), columns, rows)


def inside(window: Window, domain: Window) -> Window:
    """The window moved into the domain, no longer than it and no shorter than can be drawn."""
    length = domain[1] - domain[0]
    half = min(max(window[1] - window[0], NARROWEST * length), length) / 2
    middle = min(max((window[0] + window[1]) / 2, domain[0] + half), domain[1] - half)
    return middle - half, middle + half


def interval(ends: Window) -> str:
    """±12.3, or [0, 12.3]."""
    low, high = (f"{end:.3g}" if abs(end) < 999.5 else f"{end:,.0f}" for end in ends)
    return f"±{high}" if low == f"-{high}" else f"[{low}, {high}]"


def exact_axis(low: float, high: float, room: int) -> Axis:
    """An axis that ends where the window does."""
    axis = linear_axis(low, high, room)
    seen = [number for number, tick in enumerate(axis.ticks) if low <= tick <= high]
    ticks, labels = tuple(axis.ticks[n] for n in seen), tuple(axis.labels[n] for n in seen)
    if low < high and len(seen) < 2:
        ticks, labels = (low, high), labels_of((low, high))
    return replace(axis, low=low, high=high, ticks=ticks, labels=labels) if low < high else axis


def limits(values: Floats) -> tuple[float, float]:
    """Round limits of what is finite: they seldom change, so that colors keep their meaning."""
    axis = follow(None, (values,), 2)
    return axis.low, axis.high


def _columns(values: Floats) -> Floats:
    return values.reshape(len(values), -1)[:, :CURVES]


def _series(x: Floats, columns: Floats, ink: Ink, label: str, style: Style) -> list[Series]:
    return [Series(x, y, ink, style, shape="", label="" if number else label) for number, y in enumerate(columns.T)]
