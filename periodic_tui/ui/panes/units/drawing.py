"""Rows of hidden units as cells, a shape for each state, or as thumbnails of what they do."""

from collections.abc import Sequence

import numpy as np

from periodic_tui.engine.snapshot import Layer, UnitState
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.tiles import tiles
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.panes.units.grid import LABEL, Row, Unit
from periodic_tui.ui.panes.units.looks import DEAD, LOOKS, look_of, partners, states

TOMBSTONE = "DEAD"


def unit_picture(
    layers: Sequence[Layer], rows: Sequence[Row], size: tuple[int, int], cursor: Unit | None, color: bool,
    glyphs: Glyphs,
) -> Cells:  # fmt: skip
    """The rows that are to be seen, as many as fit; the cursor's unit is marked."""
    cells, line = Cells.blank(*size), 0
    seen = {row.layer for row in rows[: size[1]]}
    found = {index: states(layers[index]) for index in seen}
    letters = {index: partners(layers[index]) for index in seen}
    for row in rows:
        if line >= size[1]:
            break
        layer, own = layers[row.layer], cursor[1] if cursor and cursor[0] == row.layer else None
        if row.first == 0 or line == 0:
            cells = cells.write(0, line, plain(layer.name, glyphs)[1 - LABEL :].lstrip("."), Ink.QUIET)
        draw = _tiles(layer, row, found[row.layer], color, glyphs) if row.tile else Cells.blank(size[0] - LABEL, 1)
        _captions(draw, layer, row, found[row.layer], letters[row.layer], own, glyphs)
        cells, line = cells.paste(draw, LABEL, line), line + row.height
    return cells


def _tiles(layer: Layer, row: Row, found: Sequence[UnitState], color: bool, glyphs: Glyphs) -> Cells:
    """The thumbnails of a row; in the place of a dead unit's a crossed-out one."""
    assert row.tile is not None
    units = slice(row.first, row.first + row.units)
    pictures = tiles(layer.thumbnails[units], *row.tile, color, glyphs)
    shown = [
        crossed_out(row.tile, LOOKS[state][0], glyphs) if state in DEAD else picture
        for picture, state in zip(pictures, found[units], strict=True)
    ]
    return _beside(shown, row.step)


def _beside(pictures: Sequence[Cells], step: int) -> Cells:
    """Pictures of equal size, so many columns apart. Pasting them would copy the whole for each."""
    rows, columns = pictures[0].glyphs.shape
    blank = Cells.blank(len(pictures) * step, rows)
    colors = np.zeros((*blank.glyphs.shape, 2, 3), np.uint8) if any(p.colors is not None for p in pictures) else None
    for place, picture in enumerate(pictures):
        here = slice(place * step, place * step + columns)
        blank.glyphs[:, here], blank.ink[:, here] = picture.glyphs, picture.ink
        if colors is not None and picture.colors is not None:
            colors[:, here] = picture.colors
    return Cells(blank.glyphs, blank.ink, colors)


def crossed_out(size: tuple[int, int], shape: str, glyphs: Glyphs) -> Cells:
    """A rectangle full of a dead unit's mark, with the word where there is room."""
    columns, rows = size
    cells = Cells.of_lines([plain(shape, glyphs) * columns] * rows, Ink.TROUBLE)
    word = next((word for word in (f" {TOMBSTONE} ", TOMBSTONE) if len(word) <= columns), "")
    return cells.write((columns - len(word)) // 2, (rows - 1) // 2, word, Ink.TROUBLE)


def _captions(
    cells: Cells, layer: Layer, row: Row, found: Sequence[UnitState], letters: dict[int, str], cursor: int | None,
    glyphs: Glyphs,
) -> None:  # fmt: skip
    """Write the mark of each unit: in its cell, or beside its thumbnail below its number."""
    beside = row.tile[0] + 1 if row.tile else 0
    for place in range(row.units):
        unit, column = row.first + place, beside + place * row.step
        here, dead = unit == cursor, found[unit] in DEAD
        shape, ink = look_of(layer, unit, found[unit])
        if row.tile:
            _put(cells, column, 0, f"{unit}{'<' * here}", Ink.MARK if here else Ink.QUIET)
            _put(cells, column, 1, plain(shape, glyphs) + letters.get(unit, ""), ink)
            continue
        text = plain(shape, glyphs) + (letters.get(unit, "") if row.step > 1 else "")
        _put(cells, column, 0, text, _cursor_ink(row, dead, ink) if here else ink)
        if here and row.step > 2:
            _put(cells, column + len(text), 0, "<", Ink.MARK)


def _cursor_ink(row: Row, dead: bool, ink: Ink) -> Ink:
    """Of the cursor's unit: reversed where no arrow has room beside it; what is dead stays red."""
    if row.step <= 2:
        return Ink.CURSOR
    return ink if dead else Ink.MARK


def _put(cells: Cells, column: int, row: int, text: str, ink: Ink) -> None:
    """Write into a picture of one's own: a copy for each of a thousand units would take long."""
    end = min(column + len(text), cells.columns)
    if column < end:
        cells.glyphs[row, column:end] = [ord(character) for character in text[: end - column]]
        cells.ink[row, column:end] = ink
