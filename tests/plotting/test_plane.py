"""Arrows in the plane, against where their ends have to be."""

import numpy as np
import pytest

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.plane import MARGIN, arrows

COLUMNS, ROWS = 41, 21


def place(cells: Cells, name: str) -> tuple[int, int]:
    """Column and row of a name, from the middle, upward."""
    [(row, column)] = np.argwhere(cells.glyphs == ord(name)).tolist()
    return column - COLUMNS // 2, ROWS // 2 - row


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
def test_a_name_stands_where_its_point_is_and_a_row_is_as_high_as_two_columns(glyphs: Glyphs) -> None:
    points = np.array([[1.0, 0.0], [0.0, 1.0], [-0.5, -0.5]])
    cells = arrows(points, "abc", [Ink.NETWORK] * 3, COLUMNS, ROWS, glyphs)
    unit = COLUMNS / 2 / MARGIN
    found = np.array([place(cells, name) for name in "abc"])
    np.testing.assert_allclose(found, points * [unit, unit / 2], atol=1)


def test_an_arrow_has_its_ink_and_what_is_not_finite_is_left_out() -> None:
    points = np.array([[1.0, 0.0], [np.nan, 1.0]])
    cells = arrows(points, "ab", [Ink.TROUBLE, Ink.NETWORK], COLUMNS, ROWS)
    assert set(cells.ink[ROWS // 2, COLUMNS // 2 + 1 : COLUMNS // 2 + 17].tolist()) == {Ink.TROUBLE}
    assert "b" not in "".join(cells.text())
    assert not (cells.ink == Ink.NETWORK).any()


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (-3, 4)])
def test_any_size_can_be_drawn(size: tuple[int, int]) -> None:
    assert arrows(np.zeros((2, 2)), "ab", [Ink.NETWORK] * 2, *size).rows == max(size[1], 0)
