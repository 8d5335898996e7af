"""The layers as a table: which columns have room, and what stands in them."""

import math
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.snapshot import Network
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.sparklines import sparklines
from periodic_tui.ui.formatting import cut_to, plain

GAP = 2
"""Columns between two of the table's, and before the first, where the cursor stands."""
LONGEST = 48
"""Most columns of a name."""
TEXT = 14
"""Most columns of a kind and of a shape."""
TRENDS = {16: LONGEST, 8: 28, 4: 24, 0: 12}
"""Cells of a trend, and how much of the names must have room beside them: else the next form is tried."""
BAD = 0.5
"""Share of dead units from which a layer is in trouble."""
NOTHING = "·"
"""Where a layer has no such figure."""


class Figure(NamedTuple):
    """A column of figures."""

    title: str
    brief: str
    """Where there is no trend."""
    scale: Literal["share", "log"]
    width: int
    """Of a figure."""


FIGURES = (
    Figure("dead", "dead", "share", 5),
    Figure("saturated", "satur.", "share", 6),
    Figure("|gradient|", "|grad|", "log", 7),
    Figure("update÷weight", "upd÷w", "log", 7),
)
"""As in `Network.trends`."""


class Form(NamedTuple):
    """What of the table there is room for."""

    name: int
    kind: int
    shape: int
    trend: int


def table(network: Network, rows: range, cursor: int | None, width: int, glyphs: Glyphs) -> Cells:
    """The head of the table and these of its rows, the cursor's marked."""
    shown = [number for number, values in enumerate(_figures(network)) if not np.isnan(values).all()]
    form = _form(network, shown, width)
    cells, column = Cells.blank(width, len(rows) + 1), GAP
    for title, texts, room in _texts(network, form):
        cut = fitted if texts is network.names else cut_to
        lines = [cut(texts[row] or plain(NOTHING, glyphs), room, glyphs).ljust(room) for row in rows]
        cells = cells.write(column, 0, title[:room], Ink.QUIET)
        cells, column = cells.paste(Cells.of_lines(lines, Ink.TEXT), column, 1), column + room + GAP
    for number in shown:
        figure = FIGURES[number]
        part = _column(network, number, rows, form.trend, glyphs)
        title = plain(figure.title if form.trend else figure.brief, glyphs)
        cells = cells.write(column, 0, title.rjust(figure.width) if not form.trend else title, Ink.QUIET)
        cells, column = cells.paste(part, column, 1), column + part.columns + GAP
    if cursor is not None and cursor in rows:
        cells = cells.write(0, 1 + cursor - rows.start, plain("▶", glyphs), Ink.MARK)
        cells.ink[1 + cursor - rows.start, GAP : GAP + form.name] = Ink.MARK
    return cells


def _figures(network: Network) -> tuple[Floats, Floats, Floats, Floats]:
    return network.dead, network.saturated, network.gradient, network.update


def _form(network: Network, shown: Sequence[int], width: int) -> Form:
    """The form with the most in it that leaves room for names: trends give way first, then shapes, then kinds."""
    name = min(_widest("layer", network.names), LONGEST)
    kind, shape = (min(_widest(*texts), TEXT) for texts in (("kind", network.kinds), ("shape", network.shapes)))
    figures = [FIGURES[number] for number in shown]
    forms = [(kind, shape, trend) for trend in TRENDS] + [(kind, 0, 0), (0, 0, 0)]
    left = 0
    for kind_, shape_, trend in forms:
        widths = [figure.width + trend + bool(trend) for figure in figures] + [each for each in (kind_, shape_) if each]
        heads = [len(figure.title) if trend else 0 for figure in figures]
        widths = [max(pair) for pair in zip(widths, [*heads, *[0] * (len(widths) - len(heads))], strict=True)]
        left = width - GAP - sum(each + GAP for each in widths)
        if left >= min(name, TRENDS[trend]):
            return Form(min(left, name), kind_, shape_, trend)
    return Form(max(left, 1), 0, 0, 0)


def _widest(title: str, texts: Sequence[str]) -> int:
    return max(len(title), *map(len, texts))


def _texts(network: Network, form: Form) -> Iterator[tuple[str, Sequence[str], int]]:
    """Title, cells and width of the columns of words."""
    yield "layer", network.names, form.name
    if form.kind:
        yield "kind", network.kinds, form.kind
    if form.shape:
        yield "shape", network.shapes, form.shape


def _column(network: Network, number: int, rows: range, trend: int, glyphs: Glyphs) -> Cells:
    """Figures of these rows, and beside each how it came about."""
    figure, values = FIGURES[number], _figures(network)[number][rows.start : rows.stop]
    write = share if figure.scale == "share" else size
    cells = Cells.of_lines([plain(write(value), glyphs).rjust(figure.width) for value in values.tolist()], Ink.TEXT)
    cells.ink[np.isnan(values)] = Ink.QUIET
    cells.ink[values >= BAD if number == 0 else np.isinf(values)] = Ink.TROUBLE
    if not trend:
        return cells
    width = max(figure.width + 1 + trend, len(figure.title))
    lines = sparklines(network.trends[number, rows.start : rows.stop], trend, figure.scale, Ink.NETWORK, glyphs)
    return Cells.blank(width, len(rows)).paste(cells, 0, 0).paste(lines, figure.width + 1, 0)


def share(value: float) -> str:
    """0 %, 2 %, <1 %, 100 %."""
    if math.isnan(value):
        return NOTHING
    return "<1 %" if 0 < value < 0.005 else ">99 %" if 0.995 <= value < 1 else f"{value:.0%}".replace("%", " %")


def size(value: float) -> str:
    """A size with two digits: 0.012, 1.2e-07, 0."""
    if math.isnan(value):
        return NOTHING
    if value == 0 or math.isinf(value):
        return f"{value:g}"
    return f"{value:.2g}" if 1e-3 <= abs(value) < 1e4 and "e" not in f"{value:.2g}" else f"{value:.1e}"


def fitted(name: str, room: int, glyphs: Glyphs) -> str:
    """A dotted name in so many cells at most: as many of its first parts as need be become a letter, then its end is
    kept."""
    name = plain(name, glyphs)
    parts = name.split(".")
    for place, part in enumerate(parts[:-1]):
        if len(name) <= room:
            break
        parts[place] = part if part.isdigit() else part[:1]
        name = ".".join(parts)
    return name if len(name) <= room else plain("…", glyphs) + name[len(name) - room + 1 :]
