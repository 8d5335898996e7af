"""The weights pane: each layer's weights on a scale of its own, and how far they have moved; those of few units with
two inputs as points of the plane."""

import math
from collections.abc import Sequence

import numpy as np
from textual.geometry import Size

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Layer, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.heat import DIVERGING, heat_map
from periodic_tui.plotting.plane import arrows
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.themes import has_shades
from periodic_tui.ui.widgets.pane import Pane

Table = tuple[str, Floats, str]
"""Name, weights `[rows, columns]`, and what else there is to say."""

MOST_ARROWS = 12
"""Units whose weights are arrows."""
PLANE = 6
"""Rows from which they are."""
SMALL = 2
"""Rows of each other layer then."""
KEY = 26
"""Columns of the arrows' lengths and angles."""


class WeightsPane(Pane):
    """Shows a map for each layer, units from left to right, inputs and bias from top to bottom; one for the output.
    Units of two inputs are arrows, so that one sees which point the same way."""

    NAME = "weights"
    TITLE = "weights"
    ASKS = True

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.layers) and not snapshot.script

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        tables: list[Table] = [(layer.name, incoming(layer), remarks(layer)) for layer in snapshot.layers]
        if snapshot.layers and snapshot.layers[-1].outgoing.size:
            tables.append(("output", snapshot.layers[-1].outgoing, ""))
        room = size.height - SMALL * (len(tables) - 1)
        if not (snapshot.layers and has_plane(snapshot.layers[0], room)):
            return self._maps(tables, size)
        plane = directions(snapshot.layers[0], Size(size.width, room), self.glyphs)
        others = self._maps(tables[1:], Size(size.width, size.height - room))
        return Cells.blank(*size).paste(plane, 0, 0).paste(others, 0, room)

    def _maps(self, tables: Sequence[Table], size: Size) -> Cells:
        cells, rows = Cells.blank(*size), size.height // max(len(tables), 1)
        if rows < 2:
            tables, rows = tables[: size.height // 2], 2
        for number, (name, table, remark) in enumerate(tables):
            largest = float(np.abs(table[np.isfinite(table)]).max(initial=0.0)) or 1e-12
            scale = f" ±{largest:.2g}" if table.size else ": too many weights to be kept"
            title = f"{name}{scale}{remark}"
            cells = cells.write(0, number * rows, plain(title, self.glyphs), Ink.QUIET)
            colors = DIVERGING if has_shades(self.app) else None
            picture = heat_map(table, size.width, rows - 1, -largest, largest, colors, self.glyphs)
            cells = cells.paste(picture, 0, number * rows + 1)
        return cells

    def figure(self, snapshot: Snapshot) -> str:
        gradient_stats = snapshot.gradient_stats
        gradient = f"gradient {gradient_stats.gradient:.2g} in noise {gradient_stats.noise:.2g}"
        step = "" if math.isnan(gradient_stats.update_ratio) else f" · step/weights {gradient_stats.update_ratio:.1e}"
        return "" if math.isnan(gradient_stats.gradient) else gradient + step


def incoming(layer: Layer) -> Floats:
    """A layer's incoming weights above its bias, `[inputs (and bias), units]`; empty where they are too many to have
    been kept."""
    if not (layer.bias.size and layer.incoming.size):
        return layer.incoming.T
    table: Floats = np.vstack([layer.incoming.T, layer.bias])
    return table


def remarks(layer: Layer) -> str:
    """What a layer's activation learns, and how far its weights are from where they started."""
    learned = "".join(f" · {name} {value:.4g}" for name, value in layer.learned.items())
    return f"{learned} · moved {layer.drift:.0%} of its start"


def has_plane(layer: Layer, rows: int) -> bool:
    """Whether a layer's weights are points of the plane, few enough to be told apart, and there is room for them."""
    few = layer.incoming.ndim == 2 and layer.incoming.shape[1] == 2 and layer.units <= MOST_ARROWS
    return few and rows >= max(PLANE, layer.units + 1)


def directions(layer: Layer, size: Size, glyphs: Glyphs) -> Cells:
    """The incoming weights of each unit as an arrow; beside them their lengths and angles."""
    inks = [Ink.TROUBLE if unit in layer.dead else Ink.NETWORK for unit in range(layer.units)]
    names = [str(unit) for unit in range(layer.units)]
    picture = arrows(layer.incoming, names, inks, size.width - KEY, size.height - 1, glyphs)
    title = f"{layer.name}: weights of each unit{remarks(layer)}"
    cells = Cells.blank(*size).write(0, 0, plain(title, glyphs), Ink.QUIET).paste(picture, 0, 1)
    for unit, ink in enumerate(inks):
        cells = cells.write(size.width - KEY + 1, unit + 1, plain(direction(layer, unit), glyphs), ink)
    return cells


def direction(layer: Layer, unit: int) -> str:
    """Length and angle of a unit's incoming weights, counted from the first input towards the second."""
    x, y = layer.incoming[unit].tolist()
    dead = " dead" if unit in layer.dead else ""
    return f"{unit}: {math.hypot(x, y):.2g} at {math.degrees(math.atan2(y, x)):+.0f}°{dead}"
