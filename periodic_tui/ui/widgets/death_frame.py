"""One moment of a unit's death: its pre-activation where the fit is drawn, beside the figures that move it."""

from collections.abc import Iterator

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Death, Moment
from periodic_tui.plotting.axes import linear_axis
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.figures import EVERYWHERE, Series, curve_figure
from periodic_tui.plotting.heat import DIVERGING
from periodic_tui.plotting.maps import Map, fold_line, map_size, side_by_side
from periodic_tui.ui.formatting import clipped, numbers, plain, shortened, wrapped

Line = tuple[str, Ink]

FIGURES = 30
"""Columns of the figures beside a picture."""
WIDE = 50
"""Columns from which they stand beside it, not below."""
NARROW_LINES = 5
"""Rows of figures below a picture."""
MOST_BELOW = 4
"""Rows of the death's sentence."""
DEPTH = 2.0
"""Times the highest pre-activation: deeper ones are drawn at the lower edge."""
LARGE = {"braille": ("█▀▄ █▀▀ ▄▀█ █▀▄", "█▄▀ ██▄ █▀█ █▄▀"), "ascii": ("XXX  D E A D  XXX", "XXX  D E A D  XXX")}


def death_frame(death: Death, number: int, size: tuple[int, int], color: bool, glyphs: Glyphs = "braille") -> Cells:
    """Moment `number` of the death's film in so many columns and rows."""
    columns, rows = size
    below = min(rows // 5, MOST_BELOW)
    beside, height = columns >= WIDE, rows - below
    moment, cells = death.film[number], Cells.blank(columns, rows)
    dead = moment.step >= death.step
    lines = list(figures(death, number))
    at = 0
    if death.x.size:
        room = (columns - FIGURES - 2, height) if beside else (columns, height - NARROW_LINES)
        draw = _map if moment.preactivation.ndim == 2 else _curve
        cells = cells.paste(draw(death, moment, room, color, glyphs), 0, 0)
        at = columns - FIGURES if beside else 0
    top = 0 if beside or not death.x.size else height - NARROW_LINES
    if dead:
        cells = cells.paste(Cells.of_lines(LARGE[glyphs], Ink.TROUBLE), at, height - 2)
        for row, text in enumerate(clipped(wrapped(death.text, columns - 1, glyphs), below)):
            cells = cells.write(0, height + row, text, Ink.TEXT)
    for row, (text, ink) in enumerate(lines[: max(height - top - 2 * dead, 0)]):
        cells = cells.write(at, top + row, shortened(plain(text, glyphs), columns - at), ink)
    return cells


def figures(death: Death, number: int) -> Iterator[Line]:
    """The lines that tell the unit, the step and what happens at it."""
    moment = death.film[number]
    yield f"hidden.{death.layer} unit {death.unit}", Ink.TEXT
    yield f"step {moment.step:,} · {_when(death.step - moment.step)}", Ink.TEXT
    yield f"active on {100 * moment.share:.3g} % of the probe", Ink.TEXT
    yield from ((line, Ink.NETWORK) for line in _push(death, number))
    yield f"w {numbers(moment.weights)}  b {moment.bias:+.3g}", Ink.TEXT
    if death.x.size:
        low, high = moment.preactivation.min(), moment.preactivation.max()
        yield f"pre-activation {low:+.3g} to {high:+.3g}", Ink.TEXT


def _when(before: int) -> str:
    if before == 0:
        return "dead"
    return f"{before:,} before its death" if before > 0 else f"{-before:,} after its death"


def _push(death: Death, number: int) -> Iterator[str]:
    """The gradient that moves the unit, by its bias where it has one, and what the next step makes of it."""
    moment, following = death.film[number], death.film[number + 1 : number + 2]
    if not moment.gradient.any():
        yield "no gradient: nothing moves it"
        return
    biased = any(one.bias != 0 or one.gradient[-1] != 0 for one in death.film)
    index = -1 if biased else int(np.abs(moment.gradient[:-1]).argmax())
    name = "b" if biased else "w" if len(moment.weights) == 1 else f"w{index}"
    yield f"gradient by {name} {moment.gradient[index]:+.3g}"
    for after in following:
        change = after.bias - moment.bias if biased else float(after.weights[index] - moment.weights[index])
        way = "next step" if after.step == moment.step + 1 else f"to step {after.step:,}"
        yield f"→ {way} {change:+.3g}"


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
    across, up = max(size[0] // 14, 2), max(size[1] // 3, 2)
    x_axis, y_axis = linear_axis(float(x[0]), float(x[-1]), across), linear_axis(low, high, up)
    return curve_figure(size, series, x_axis, y_axis, x_label="x", glyphs=glyphs)


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
    lines = fold_line(moment.preactivation, *map_size(size, 1, moment.preactivation.shape))
    palette = DIVERGING if color else None
    return side_by_side(
        size, [Map("pre-activation", moment.preactivation, -reach, reach, palette, lines=lines)], glyphs
    )
