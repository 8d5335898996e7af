"""One hidden unit in full: its weights, the share of the probe on which it is active, and its activation."""

from textual.geometry import Size

from periodic_tui.engine.snapshot import Layer, Snapshot, UnitCurve
from periodic_tui.plotting.axes import follow, linear_axis
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.figures import Series, curve_figure
from periodic_tui.plotting.heat import SEQUENTIAL
from periodic_tui.plotting.maps import Map, side_by_side
from periodic_tui.ui.formatting import SHOWN_NUMBERS, fitting, numbers, plain
from periodic_tui.ui.panes.units.grid import Unit
from periodic_tui.ui.panes.units.looks import MEANINGS, states
from periodic_tui.ui.widgets.plot_pane import tick_room

LINES = 3
"""Rows of text."""
PICTURE = 5
"""Rows from which an activation can be drawn."""


def unit_detail(snapshot: Snapshot, cursor: Unit, size: Size, color: bool, glyphs: Glyphs) -> Cells:
    """The unit's figures, and below them its activation where there is room and the session has sent it."""
    cells = Cells.blank(*size)
    for row, line in enumerate(detail_lines(snapshot, cursor, size.width)[: size.height]):
        cells = cells.write(0, row, plain(line, glyphs), Ink.TEXT)
    curve, room = snapshot.unit, Size(size.width, size.height - LINES)
    if room.height < PICTURE or not curve.x.size or (curve.layer, curve.unit) != cursor:
        return cells
    return cells.paste(_activation(curve, room, color, glyphs), 0, LINES)


def detail_lines(snapshot: Snapshot, cursor: Unit, width: int) -> list[str]:
    """Lines with the unit's name and state, its share of the probe, and as much of its weights as fits."""
    index, unit = cursor
    layer = snapshot.layers[index]
    active = round(float(layer.activity[unit]) * snapshot.probe_points)
    state = MEANINGS[states(layer)[unit]]
    if snapshot.script:
        share = f"active on {100 * float(layer.activity[unit]):.3g} % of its last batch seen"
        return [f"unit {unit} · {state} · layer {layer.name}", share, "neither weights nor curves are kept"]
    forms = [_weights(layer, unit, *form) for form in ((SHOWN_NUMBERS, 3), (SHOWN_NUMBERS, 2), (3, 2), (2, 2), (1, 2))]
    return [
        f"{layer.name} unit {unit} · {state}",
        f"active on {active:,} of {snapshot.probe_points:,}",
        fitting(forms, width),
    ]


def _weights(layer: Layer, unit: int, most: int, digits: int) -> str:
    """So many of the unit's weights, with so many digits."""
    weights = f"w {numbers(layer.incoming[unit], most, digits)}" if layer.incoming.size else ""
    bias = f"b {layer.bias[unit]:+.{digits}g}" if layer.bias.size else ""
    out = f"out {numbers(layer.outgoing[:, unit], most, digits)}" if layer.outgoing.size else ""
    return "  ".join(part for part in (weights, bias, out) if part)


def _activation(curve: UnitCurve, size: Size, color: bool, glyphs: Glyphs) -> Cells:
    axis = follow(None, (curve.activation,), 2)
    if curve.activation.ndim == 2:
        palette = SEQUENTIAL if color else None
        return side_by_side(size, [Map("activation", curve.activation, axis.low, axis.high, palette)], glyphs)
    x_axis = linear_axis(float(curve.x[0]), float(curve.x[-1]), tick_room(size)[0])
    return curve_figure(size, [Series(curve.x, curve.activation)], x_axis, axis, x_label="x", glyphs=glyphs)
