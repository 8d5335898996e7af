"""Cells against lists of strings."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from periodic_tui.plotting.cells import Cells, Ink


def test_text_and_ink_of_a_written_line() -> None:
    cells = Cells.blank(6, 2).write(2, 1, "ω=3", Ink.NETWORK)
    assert cells.text() == ["      ", "  ω=3 "]
    assert cells.ink.tolist() == [[Ink.QUIET] * 6, [Ink.QUIET] * 2 + [Ink.NETWORK] * 3 + [Ink.QUIET]]


def test_writing_leaves_the_original_alone() -> None:
    cells = Cells.blank(3, 1)
    cells.write(0, 0, "abc", Ink.TEXT)
    assert cells.text() == ["   "]


@example(size=(3, 2), other=(5, 4), place=(-2, -1))
@given(
    size=st.tuples(st.integers(-1, 5), st.integers(-1, 5)),
    other=st.tuples(st.integers(0, 7), st.integers(0, 7)),
    place=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
)
def test_paste_clips_as_a_loop_over_cells_does(
    size: tuple[int, int], other: tuple[int, int], place: tuple[int, int]
) -> None:
    under, over = Cells.blank(*size), Cells.of_lines(["abcdefg"[: other[0]]] * other[1], Ink.MARK)
    over.glyphs[:] += 7 * np.arange(over.rows, dtype=np.uint32)[:, None]
    expected = [[" "] * under.columns for _ in range(under.rows)]
    for row in range(over.rows):
        for column in range(over.columns):
            y, x = row + place[1], column + place[0]
            if 0 <= y < under.rows and 0 <= x < under.columns:
                expected[y][x] = chr(ord("a") + column + 7 * row)
    assert under.paste(over, *place).text() == ["".join(row) for row in expected]


def test_colors_travel_with_the_cells() -> None:
    red = np.full((1, 1, 2, 3), (255, 0, 0), np.uint8)
    colored = Cells(np.full((1, 1), ord("▀"), np.uint32), np.full((1, 1), Ink.RGB, np.uint8), red)
    pasted = Cells.blank(2, 2).paste(colored, 1, 0)
    assert pasted.colors is not None
    assert pasted.colors[0, 1].tolist() == 2 * [[255, 0, 0]]
    assert (pasted.ink == Ink.RGB).sum() == 1


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (0, 3), (3, 0)])
def test_any_size_survives(size: tuple[int, int]) -> None:
    cells = Cells.blank(*size).write(0, 0, "long text", Ink.TEXT)
    assert len(cells.text()) == size[1]
    assert all(len(line) == size[0] for line in cells.text())
