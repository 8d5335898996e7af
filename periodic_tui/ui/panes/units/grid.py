"""Hidden units as cells, row by row: a shape for each state, pale where it is active on little of the probe."""

from collections.abc import Sequence
from itertools import cycle
from string import ascii_lowercase
from typing import NamedTuple

from periodic_tui.engine.snapshot import Layer, UnitState
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import plain

Unit = tuple[int, int]
"""Layer and number."""

LOOKS: dict[UnitState, tuple[str, Ink]] = {
    "alive": ("■", Ink.NETWORK),
    "dead": ("·", Ink.TROUBLE),
    "certified": ("×", Ink.TROUBLE),
    "mute": ("▫", Ink.TROUBLE),
    "linear": ("╱", Ink.NETWORK),
    "duplicate": ("◆", Ink.TROUBLE),
    "wrong-sign": ("−", Ink.TROUBLE),
}
MEANINGS: dict[UnitState, str] = {
    **{state: state for state in LOOKS},
    "certified": "dead for good",
    "wrong-sign": "wrong sign",
}
LABEL = 10
"""Columns for a layer's name."""
DIM = 0.25
"""A living unit that reacts on less than this share of the probe is drawn pale."""


class Row(NamedTuple):
    """Units of a layer that stand side by side."""

    layer: int
    first: int
    units: int
    step: int
    """Columns from one unit to the next."""


def grid_rows(layers: Sequence[Layer], width: int) -> list[Row]:
    """All rows of a grid of so many columns; the cells of small layers stand apart."""
    rows: list[Row] = []
    room = max(width - LABEL, 1)
    for index, layer in enumerate(layers):
        step = next((step for step in (4, 2) if layer.units * step <= room), 1)
        across = max(room // step, 1)
        rows += [Row(index, n, min(across, layer.units - n), step) for n in range(0, layer.units, across)]
    return rows


def row_of(rows: Sequence[Row], cursor: Unit) -> int:
    """The number of the row in which a unit stands; 0 where there is none."""
    layer, unit = cursor
    places = (n for n, row in enumerate(rows) if row.layer == layer and row.first <= unit < row.first + row.units)
    return next(places, 0)


def moved(rows: Sequence[Row], cursor: Unit, across: int, down: int) -> Unit:
    """The unit beside or below another one; the cursor stays where nothing is."""
    if not rows:
        return cursor
    at = row_of(rows, cursor)
    row = rows[min(max(at + down, 0), len(rows) - 1)]
    place = cursor[1] - rows[at].first + across
    return row.layer, row.first + min(max(place, 0), row.units - 1)


def unit_grid(
    layers: Sequence[Layer], rows: Sequence[Row], size: tuple[int, int], cursor: Unit | None, glyphs: Glyphs
) -> Cells:
    """The rows that are to be seen, as many as fit; the cursor's unit is marked."""
    cells, found = Cells.blank(*size), [states(layer) for layer in layers]
    letters = [partners(layer) for layer in layers]
    for line, row in enumerate(rows[: size[1]]):
        layer = layers[row.layer]
        if row.first == 0 or line == 0:
            cells = cells.write(0, line, plain(layer.name, glyphs)[: LABEL - 1], Ink.QUIET)
        for place in range(row.units):
            unit, column = row.first + place, LABEL + place * row.step
            shape, ink = LOOKS[found[row.layer][unit]]
            if shape == "■" and layer.activity[unit] < DIM:
                ink = Ink.PALE
            here, letter = (row.layer, unit) == cursor, letters[row.layer].get(unit, "")
            text = plain(shape, glyphs) + (letter if row.step > 1 else "") + ("<" if here and row.step > 2 else "")
            _put(cells, column, line, text, Ink.MARK if here else ink)
    return cells


def _put(cells: Cells, column: int, row: int, text: str, ink: Ink) -> None:
    """Write into a picture of one's own: a copy for each of a thousand units would take long."""
    end = min(column + len(text), cells.columns)
    if column < end:
        cells.glyphs[row, column:end] = [ord(character) for character in text[: end - column]]
        cells.ink[row, column:end] = ink


def key_row(layers: Sequence[Layer], width: int, glyphs: Glyphs) -> Cells:
    """The shapes that occur, and what they mean."""
    occurring = {state for layer in layers for state in states(layer)}
    cells, column = Cells.blank(width, 1), 0
    for state, (shape, ink) in LOOKS.items():
        if state in occurring:
            cells = cells.write(column, 0, plain(shape, glyphs), ink).write(column + 2, 0, MEANINGS[state], Ink.QUIET)
            column += len(MEANINGS[state]) + 5
    return cells


def states(layer: Layer) -> list[UnitState]:
    """The state of each unit; where several hold, the one that explains most."""
    found: list[UnitState] = ["alive"] * layer.units
    duplicates = {unit for pair in layer.duplicate for unit in pair}
    sets: list[tuple[UnitState, set[int]]] = [
        ("wrong-sign", set(layer.wrong_sign)), ("linear", set(layer.linear)), ("duplicate", duplicates),
        ("mute", set(layer.mute)), ("dead", set(layer.dead)), ("certified", set(layer.certified)),
    ]  # fmt: skip
    for state, units in sets:
        for unit in units:
            found[unit] = state
    return found


def partners(layer: Layer) -> dict[int, str]:
    """A letter for each duplicate unit; units that do the same have the same."""
    groups = layer.groups or layer.duplicate
    return {unit: letter for group, letter in zip(groups, cycle(ascii_lowercase), strict=False) for unit in group}


def totals(layers: Sequence[Layer]) -> str:
    """Counts of each layer's units, as 50 units, 3 dead · 10 units, 1 pair."""
    return " · ".join(_total(layer) for layer in layers)


def _total(layer: Layer) -> str:
    counts = {
        "dead": len(layer.dead), "mute": len(layer.mute), "linear": len(layer.linear), "pairs": len(layer.duplicate),
    }  # fmt: skip
    parts = [f"{count} {'pair' if (word, count) == ('pairs', 1) else word}" for word, count in counts.items() if count]
    return ", ".join([f"{layer.units} unit{'s' * (layer.units != 1)}", *parts])
