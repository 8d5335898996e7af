"""Every hidden unit as a cell: alive, dead, a duplicate, mute or linear."""

from __future__ import annotations

from itertools import cycle
from string import ascii_lowercase

from textual.geometry import Size

from periodic_tui.engine.snapshot import Layer, Snapshot, UnitState
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.ui.pane import Pane
from periodic_tui.ui.wording import plain

Look = tuple[str, Ink]

LOOKS: dict[UnitState, Look] = {
    "alive": ("■", Ink.NETWORK),
    "dead": ("·", Ink.TROUBLE),
    "certified": ("∙", Ink.TROUBLE),
    "mute": ("▫", Ink.TROUBLE),
    "linear": ("╱", Ink.NETWORK),
    "duplicate": ("◆", Ink.TROUBLE),
}
MEANINGS = {
    "alive": "alive", "dead": "dead", "certified": "dead for good", "mute": "mute", "linear": "linear",
    "duplicate": "duplicate",
}  # fmt: skip
LABEL = 10
"""Columns for a layer's name."""


class UnitsPane(Pane):
    """A block of cells for each hidden layer, with a key to the shapes that occur."""

    NAME = "units"
    TITLE = "units"

    @classmethod
    def speaks(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.layers)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        cells, row = Cells.blank(*size), 0
        occurring = {state for layer in snapshot.layers for state in states(layer)}
        key = [state for state in LOOKS if state in occurring]
        rows = size.height - (1 if size.height > len(snapshot.layers) else 0)
        for layer, share in zip(snapshot.layers, _shares(snapshot.layers, size.width - LABEL, rows), strict=True):
            cells = cells.write(0, row, plain(layer.name, self.glyphs)[: LABEL - 1], Ink.QUIET)
            cells = cells.paste(self._block(layer, size.width - LABEL, share), LABEL, row)
            row += share
        return cells.paste(self._key(key), 0, size.height - 1) if rows < size.height else cells

    def figure(self, snapshot: Snapshot) -> str:
        return totals(snapshot.layers)

    def _block(self, layer: Layer, width: int, rows: int) -> Cells:
        """The units of a layer, with partner letters where they fit into the width, else side by side."""
        cells, letters = Cells.blank(width, rows), partners(layer)
        step = next((step for step in (4, 2) if layer.units * step <= width), 1)
        columns = max(width // step, 1)
        for unit, state in enumerate(states(layer)[: columns * rows]):
            shape, ink = LOOKS[state]
            text = shape + (letters[unit] if step > 1 and state == "duplicate" else "")
            cells = cells.write(unit % columns * step, unit // columns, plain(text, self.glyphs), ink)
        if layer.units > columns * rows:
            cells = cells.write(width - 1, rows - 1, "+", Ink.QUIET)
        return cells

    def _key(self, occurring: list[UnitState]) -> Cells:
        cells, column = Cells.blank(200, 1), 0
        for state in occurring:
            shape, ink = LOOKS[state]
            cells = cells.write(column, 0, plain(shape, self.glyphs), ink)
            cells = cells.write(column + 2, 0, MEANINGS[state], Ink.QUIET)
            column += len(MEANINGS[state]) + 5
        return cells


def states(layer: Layer) -> list[UnitState]:
    """The state of each unit; where several hold, the one that explains most."""
    found: list[UnitState] = ["alive"] * layer.units
    duplicates = {unit for pair in layer.duplicate for unit in pair}
    sets: list[tuple[UnitState, set[int]]] = [
        ("linear", set(layer.linear)), ("duplicate", duplicates), ("mute", set(layer.mute)),
        ("dead", set(layer.dead)), ("certified", set(layer.certified)),
    ]  # fmt: skip
    for state, units in sets:
        for unit in units:
            found[unit] = state
    return found


def partners(layer: Layer) -> dict[int, str]:
    """A letter for each duplicate unit; units that do the same have the same."""
    groups = layer.groups or layer.duplicate
    return {unit: letter for group, letter in zip(groups, cycle(ascii_lowercase), strict=False) for unit in group}


def totals(layers: tuple[Layer, ...]) -> str:
    """53 units · 3 dead · 1 pair."""
    counts = {
        "units": sum(layer.units for layer in layers),
        "dead": sum(len(layer.dead) for layer in layers),
        "mute": sum(len(layer.mute) for layer in layers),
        "linear": sum(len(layer.linear) for layer in layers),
        "duplicate pairs": sum(len(layer.duplicate) for layer in layers),
    }
    return " · ".join(f"{count} {word}" for word, count in counts.items() if count)


def _shares(layers: tuple[Layer, ...], width: int, rows: int) -> list[int]:
    """Rows for each layer: what it needs, at least one, and all the same where they do not fit."""
    needed = [max(1, -(-layer.units // max(width, 1))) for layer in layers]
    return needed if sum(needed) <= rows else [max(1, rows // len(layers))] * len(layers)
