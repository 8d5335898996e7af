"""The weights pane: each layer's weights on a scale of its own, and how far they have moved."""

import math

import numpy as np
from textual.geometry import Size

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Layer, Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.plotting.heat import DIVERGING, heat_map
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.widgets.pane import Pane


class WeightsPane(Pane):
    """Shows a map for each layer, units from left to right, inputs and bias from top to bottom; one for the output."""

    NAME = "weights"
    TITLE = "weights"

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.layers)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        tables: list[tuple[str, Floats, float | None]] = [
            (layer.name, incoming(layer), layer.drift) for layer in snapshot.layers
        ]
        if snapshot.layers and snapshot.layers[-1].outgoing.size:
            tables.append(("output", snapshot.layers[-1].outgoing, None))
        cells, rows = Cells.blank(*size), size.height // max(len(tables), 1)
        if rows < 2:
            tables, rows = tables[: size.height // 2], 2
        for number, (name, table, drift) in enumerate(tables):
            largest = float(np.abs(table[np.isfinite(table)]).max(initial=0.0)) or 1e-12
            moved = "" if drift is None else f" · moved {drift:.0%} of its start"
            cells = cells.write(0, number * rows, plain(f"{name} ±{largest:.2g}{moved}", self.glyphs), Ink.QUIET)
            colors = None if self.app.no_color else DIVERGING
            picture = heat_map(table, size.width, rows - 1, -largest, largest, colors, self.glyphs)
            cells = cells.paste(picture, 0, number * rows + 1)
        return cells

    def figure(self, snapshot: Snapshot) -> str:
        gradient_stats = snapshot.gradient_stats
        gradient = f"gradient {gradient_stats.gradient:.2g} in noise {gradient_stats.noise:.2g}"
        step = "" if math.isnan(gradient_stats.update_ratio) else f" · step/weights {gradient_stats.update_ratio:.1e}"
        return "" if math.isnan(gradient_stats.gradient) else gradient + step


def incoming(layer: Layer) -> Floats:
    """A layer's incoming weights above its bias, `[inputs (and bias), units]`."""
    if not layer.bias.size:
        return layer.incoming.T
    table: Floats = np.vstack([layer.incoming.T, layer.bias])
    return table
