"""One moment of a unit's death: its pre-activation where the fit is drawn, beside the figures that move it."""

from collections.abc import Iterator

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Death, Moment
from periodic_tui.plotting.axes import Axis, linear_axis, window
from periodic_tui.plotting.canvas import Canvas
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.figures import EVERYWHERE, Series, curve_figure, names
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.heat import DIVERGING
from periodic_tui.plotting.maps import Map, fold_line, map_size, side_by_side
from periodic_tui.ui.formatting import fitting, numbers, plain, whole_clauses
from periodic_tui.ui.widgets.spans import legend_row

Line = tuple[list[str], Ink]
"""Its longer and shorter forms."""

FIGURES, BRIEF = 32, 18
"""Columns of the figures beside a picture, and in a small pane."""
WIDE = 50
"""Columns from which everything is told."""
FRAMED = 8
"""Rows from which a picture has axes or a title."""
NARROWEST = 4
"""Columns from which there is a picture."""
MOST_BELOW = 4
"""Rows of the death's sentence."""
DEPTH = 2.0
"""Times the highest pre-activation: deeper ones are drawn at the lower edge."""
IN_BLOCKS, IN_LETTERS = ("█▀▄ █▀▀ ▄▀█ █▀▄", "█▄▀ ██▄ █▀█ █▄▀"), ("XXX  D E A D  XXX", "XXX  D E A D  XXX")


def death_frame(death: Death, number: int, size: tuple[int, int], color: bool, glyphs: Glyphs = "braille") -> Cells:
    """Moment `number` of the death's film in so many columns and rows: a picture, and beside it the figures; where
    there is room, the death's sentence below them at its end."""
    columns, rows = size
    wide = columns >= WIDE
    below = min(rows // 5, MOST_BELOW) if wide else 0
    height, picture = rows - below, columns - (FIGURES + 2 if wide else BRIEF + 1)
    moment, cells, at = death.film[number], Cells.blank(columns, rows), 0
    dead = moment.step >= death.step
    if death.x.size and picture >= NARROWEST:
        draw = _map if moment.preactivation.ndim == 2 else _curve
        cells = cells.paste(draw(death, moment, (picture, height), color, glyphs), 0, 0)
        at = columns - (FIGURES if wide else BRIEF)
    lines = list(figures(death, number))
    for row, (forms, ink) in enumerate(lines[: max(height - 2 * dead, 0)]):
        cells = cells.write(at, row, fitting([plain(form, glyphs) for form in forms], columns - at), ink)
    if dead:
        large = IN_BLOCKS if GLYPH_SETS[glyphs].halves else IN_LETTERS
        cells = cells.paste(Cells.of_lines(large, Ink.TROUBLE), at, height - 2)
        told = whole_clauses(death.text, columns - 1, below, glyphs)
        cells = cells.paste(Cells.of_lines(told, Ink.TEXT), 0, height)
    return cells


def figures(death: Death, number: int) -> Iterator[Line]:
    """The lines that tell the unit, the step and what happens at it."""
    moment = death.film[number]
    when, share = _when(death, moment), f"active on {100 * moment.share:.3g} %"
    yield [f"hidden.{death.layer} unit {death.unit}"], Ink.TEXT
    yield [f"step {moment.step:,} · {when}", when], Ink.TEXT
    yield [f"{share} of the probe", share], Ink.TEXT
    yield from ((forms, Ink.NETWORK) for forms in _push(death, number))
    kept = [f"w {numbers(moment.weights, shown, 2)}  b {moment.bias:+.2g}" for shown in (3, 2, 1)]
    yield [f"w {numbers(moment.weights)}  b {moment.bias:+.3g}", *kept, f"b {moment.bias:+.2g}"], Ink.TEXT
    if death.x.size:
        low, high = moment.preactivation.min(), moment.preactivation.max()
        forms = [f"pre-activation {low:+.{digits}g} to {high:+.{digits}g}" for digits in (3, 2)]
        yield [*forms, f"pre-activation at most {high:+.2g}", f"at most {high:+.2g}"], Ink.TEXT


def _when(death: Death, moment: Moment) -> str:
    before = death.step - moment.step
    if before == 0:
        return "dead"
    return f"{before:,} before death" if before > 0 else f"{-before:,} after death"


def _push(death: Death, number: int) -> Iterator[list[str]]:
    """The gradient that moves the unit, by its bias where it has one, and what the next step makes of it."""
    moment, following = death.film[number], death.film[number + 1 : number + 2]
    if not moment.gradient.any():
        yield ["no gradient: nothing moves it", "no gradient"]
        return
    biased = any(one.bias != 0 or one.gradient[-1] != 0 for one in death.film)
    index = -1 if biased else int(np.abs(moment.gradient[:-1]).argmax())
    name, slope = "b" if biased else "w" if len(moment.weights) == 1 else f"w{index}", moment.gradient[index]
    yield [f"gradient by {name} {slope:+.3g}", f"gradient {slope:+.2g}"]
    for after in following:
        change = after.bias - moment.bias if biased else float(after.weights[index] - moment.weights[index])
        way = "next step" if after.step == moment.step + 1 else f"to step {after.step:,}"
        yield [f"→ {way} {change:+.3g}", f"→ {name} {change:+.2g}"]


def limits(death: Death) -> tuple[float, float]:
    """The lowest and highest pre-activation of the whole film that are drawn: all that is above zero."""
    values = np.concatenate([np.ravel(moment.preactivation) for moment in death.film])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (-1.0, 1.0)
    return (max(low, -DEPTH * high), high) if high > 0 else (low, 0.0)


def _curve(death: Death, moment: Moment, size: tuple[int, int], color: bool, glyphs: Glyphs) -> Cells:
    """The pre-activation over one input, bright where the unit is active, with its kink."""
    low, high = limits(death)
    x, z = death.x, np.clip(moment.preactivation, low, high)
    series = [Series(EVERYWHERE, np.zeros(2), Ink.QUIET), Series(x, z, Ink.PALE, label="pre-activation")]
    series += [Series(x[run], z[run], Ink.NETWORK) for run in _active(z)]
    series += _kinks(x, moment.preactivation)
    if size[1] < FRAMED:
        return _bare(size, series, linear_axis(float(x[0]), float(x[-1]), 2), linear_axis(low, high, 2), glyphs)
    across, up = max(size[0] // 14, 2), max(size[1] // 3, 2)
    x_axis, y_axis = linear_axis(float(x[0]), float(x[-1]), across), linear_axis(low, high, up)
    legend = legend_row(names(series, x_axis, y_axis, glyphs), size[0], glyphs)
    figure = curve_figure((size[0], size[1] - 1), series, x_axis, y_axis, x_label="x", glyphs=glyphs)
    return Cells.blank(*size).paste(legend, size[0] - legend.columns, 0).paste(figure, 0, 1)


def _bare(size: tuple[int, int], series: list[Series], x_axis: Axis, y_axis: Axis, glyphs: Glyphs) -> Cells:
    """Curves without axes."""
    canvas = Canvas(*size, window(x_axis, y_axis), glyphs)
    for curve in series:
        curve.draw(canvas, x_axis, y_axis)
    return canvas.cells()


def _active(z: Floats) -> Iterator[slice]:
    """The stretches above zero, with a point on either side."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], z > 0, [False]])))
    for first, last in edges.reshape(-1, 2):
        yield slice(max(first - 1, 0), last + 1)


def _kinks(x: Floats, z: Floats) -> list[Series]:
    """A point where the unit begins, or an arrow at the edge beyond which it does."""
    crossings = np.flatnonzero((z[1:] > 0) != (z[:-1] > 0))
    if len(crossings):
        share = z[crossings] / (z[crossings] - z[crossings + 1])
        at = x[crossings] + share * (x[crossings + 1] - x[crossings])
        return [Series(at, np.zeros(len(at)), Ink.TEXT, "points", label="kink")]
    if abs(z[0]) == abs(z[-1]):
        return []
    edge, shape = (0, "←") if abs(z[0]) < abs(z[-1]) else (-1, "→")
    ink = Ink.TEXT if (z > 0).any() else Ink.TROUBLE
    return [Series([x[edge]], [0.0], ink, "points", shape=shape, label="kink is there")]


def _map(death: Death, moment: Moment, size: tuple[int, int], color: bool, glyphs: Glyphs) -> Cells:
    """The pre-activation over the square of two inputs, with the line on which the unit begins."""
    reach = max(*map(abs, limits(death)), 1e-12)
    values, palette, bare = moment.preactivation, DIVERGING if color else None, size[1] < FRAMED
    room = (size[0], size[1] + bare)
    lines = fold_line(values, *map_size(room, 1, values.shape))
    picture = side_by_side(room, [Map("pre-activation", values, -reach, reach, palette, lines=lines)], glyphs)
    return Cells.blank(*size).paste(picture, 0, -bare)
