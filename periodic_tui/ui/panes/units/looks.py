"""A shape and an ink for each state of a unit, and the counts of them. Red is for the dead alone; whoever is alive has
the network's color, and who says nothing a pale one."""

from collections.abc import Sequence
from itertools import cycle
from string import ascii_lowercase

from periodic_tui.engine.snapshot import Layer, UnitState
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import plain

LOOKS: dict[UnitState, tuple[str, Ink]] = {
    "alive": ("■", Ink.NETWORK),
    "dead": ("╳", Ink.TROUBLE),
    "certified": ("╬", Ink.TROUBLE),
    "mute": ("▫", Ink.PALE),
    "linear": ("╱", Ink.NETWORK),
    "duplicate": ("◆", Ink.NETWORK),
    "wrong-sign": ("−", Ink.NETWORK),
}
MEANINGS: dict[UnitState, str] = {
    **{state: state for state in LOOKS},
    "certified": "dead for good",
    "wrong-sign": "wrong sign",
}
DEAD: tuple[UnitState, ...] = ("dead", "certified")
TOLD = ("dead", "mute", "linear", "pair"), ("dead", "pair"), ("dead",)
"""What is counted, and what first goes where there is no room."""
GIVE_WAY: tuple[UnitState, ...] = ("alive", "linear", "mute", "wrong-sign", "duplicate", "dead", "certified")
"""Whose meaning is left out first where there is little room."""
KEY_GAP = 3
"""Columns between two shapes and their meanings, at most."""
DIM = 0.25
"""A living unit that reacts on less than this share of the probe is drawn pale."""


def look_of(layer: Layer, unit: int, state: UnitState) -> tuple[str, Ink]:
    """Shape and ink of a unit."""
    shape, ink = LOOKS[state]
    return shape, Ink.PALE if state == "alive" and layer.activity[unit] < DIM else ink


def key_row(layers: Sequence[Layer], width: int, glyphs: Glyphs) -> Cells:
    """The shapes that occur, and what they mean: closer together where there is little room, and then only some."""
    occurring = {state for layer in layers for state in states(layer)}
    told = [state for state in LOOKS if state in occurring]
    going = [state for state in GIVE_WAY if state in told]
    while told and len(told) + sum(len(MEANINGS[state]) + 2 for state in told) - 1 > width:
        told.remove(going.pop(0))
    spare = width - sum(len(MEANINGS[state]) + 2 for state in told)
    gap = min(spare // max(len(told) - 1, 1), KEY_GAP)
    cells, column = Cells.blank(width, 1), 0
    for state in told:
        shape, ink = LOOKS[state]
        cells = cells.write(column, 0, plain(shape, glyphs), ink).write(column + 2, 0, MEANINGS[state], Ink.QUIET)
        column += len(MEANINGS[state]) + 2 + gap
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


def totals(layers: Sequence[Layer], room: int) -> str:
    """Counts of each layer's units, as 50 units, 3 dead · 10 units, 1 pair; fewer where there is no room for all."""
    choices = [" · ".join(_total(layer, told) for layer in layers) for told in TOLD]
    return next((choice for choice in choices if len(choice) <= room), choices[-1])


def _total(layer: Layer, told: Sequence[str]) -> str:
    counts = {
        "dead": len(layer.dead), "mute": len(layer.mute), "linear": len(layer.linear), "pair": len(layer.duplicate),
    }  # fmt: skip
    parts = [_counted(layer.units, "unit")]
    for word in told:
        if counts[word]:
            parts.append(_counted(counts[word], word) if word == "pair" else f"{counts[word]:,} {word}")
    return ", ".join(parts)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
