"""The canvas against dots computed one by one."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from periodic_tui.plotting.canvas import Canvas
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS

UNICODE_DOTS = {(0, 0): 1, (1, 0): 2, (2, 0): 3, (0, 1): 4, (1, 1): 5, (2, 1): 6, (3, 0): 7, (3, 1): 8}
"""The numbers that the Unicode standard gives to the dots: number k is bit k - 1 of the code point."""


def lit(cells: Cells) -> NDArray[np.bool_]:
    """[4 rows, 2 columns] dots of a braille picture."""
    dots = np.zeros((cells.rows * 4, cells.columns * 2), bool)
    for row, column in itertools.product(range(cells.rows), range(cells.columns)):
        code = int(cells.glyphs[row, column])
        for (down, across), number in UNICODE_DOTS.items():
            dots[4 * row + down, 2 * column + across] = code >= 0x2800 and bool(code >> (number - 1) & 1)
    return dots


def dot_canvas(columns: int, rows: int) -> Canvas:
    """A canvas whose data units are dots, y upward from the last row."""
    return Canvas(columns, rows, (0, 2 * columns - 1, 0, 4 * rows - 1))


def reference_line(x: list[int], y: list[int], width: int, height: int) -> NDArray[np.bool_]:
    """A straightforward DDA, one dot at a time, y downward."""
    dots = np.zeros((height, width), bool)
    for (x0, y0), (x1, y1) in itertools.pairwise(zip(x, y, strict=True)):
        steps = max(abs(x1 - x0), abs(y1 - y0), 1)
        for step in range(steps + 1):
            column, row = round(x0 + (x1 - x0) * step / steps), round(y0 + (y1 - y0) * step / steps)
            if 0 <= column < width and 0 <= row < height:
                dots[row, column] = True
    return dots


@pytest.mark.parametrize(("column", "row"), [*itertools.product(range(4), range(8))])
def test_a_point_lights_its_dot(column: int, row: int) -> None:
    canvas = dot_canvas(2, 2)
    canvas.points([column], [7 - row], Ink.NETWORK)
    assert np.argwhere(lit(canvas.cells())).tolist() == [[row, column]]


def test_corner_to_corner_is_the_diagonal() -> None:
    canvas = dot_canvas(4, 2)
    canvas.line([0, 7], [7, 0], Ink.NETWORK)
    assert (lit(canvas.cells()) == np.eye(8, dtype=bool)).all()


@example([(-7, 18), (14, -10)])
@given(st.lists(st.tuples(st.integers(-20, 30), st.integers(-20, 30)), min_size=2, max_size=60))
def test_lines_are_the_reference_s(points: list[tuple[int, int]]) -> None:
    x, y = [point[0] for point in points], [point[1] for point in points]
    canvas = dot_canvas(5, 4)
    canvas.line(x, [15 - row for row in y], Ink.NETWORK)
    assert (lit(canvas.cells()) == reference_line(x, y, 10, 16)).all()


def test_many_points_in_a_column_are_the_reference_s() -> None:
    rng = np.random.default_rng(0)
    x, y = np.sort(rng.integers(0, 10, 500)).tolist(), rng.integers(-5, 21, 500).tolist()
    canvas = dot_canvas(5, 4)
    canvas.line(x, [15 - row for row in y], Ink.NETWORK)
    assert (lit(canvas.cells()) == reference_line(x, y, 10, 16)).all()


def test_a_gap_among_many_points_stays_open() -> None:
    y = np.zeros(801)
    y[400] = math.nan
    dense, parts = dot_canvas(5, 2), dot_canvas(5, 2)
    x = np.repeat([0.0, 9.0], [400, 401])
    dense.line(x, y, Ink.NETWORK)
    parts.line(x[:400], y[:400], Ink.NETWORK)
    parts.line(x[401:], y[401:], Ink.NETWORK)
    assert (lit(dense.cells()) == lit(parts.cells())).all()
    assert lit(dense.cells()).sum() == 2


def test_far_points_keep_the_slope() -> None:
    canvas = dot_canvas(4, 2)
    canvas.line([-1e9, 1e9], [-1e9, 1e9], Ink.NETWORK)
    assert (lit(canvas.cells()) == np.eye(8, dtype=bool)[::-1]).all()


def test_target_is_a_subset_of_the_solid_line() -> None:
    solid, dotted = dot_canvas(10, 3), dot_canvas(10, 3)
    solid.line([0, 19], [2, 9], Ink.NETWORK)
    dotted.line([0, 19], [2, 9], Ink.TARGET)
    full, sparse = lit(solid.cells()), lit(dotted.cells())
    assert not (sparse & ~full).any()
    assert 0 < sparse.sum() < full.sum()


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
def test_inks_read_without_color(glyphs: Glyphs) -> None:
    pictures = set()
    inks = (Ink.NETWORK, Ink.TARGET, Ink.TROUBLE, Ink.TEXT, Ink.MARK, Ink.PALE)
    x = np.linspace(0, 1, 300)
    for ink in inks:
        canvas = Canvas(16, 3, (0, 1, 0, 1), glyphs)
        canvas.line(x, 0.3 + 0.4 * x, ink)
        pictures.add("\n".join(canvas.cells().text()))
    assert len(pictures) == len(inks)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_a_mark_in_a_broken_line(bad: float) -> None:
    canvas = dot_canvas(5, 2)
    canvas.line(range(10), [0] * 4 + [bad] + [0] * 5, Ink.NETWORK)
    cells = canvas.cells()
    assert cells.text()[0] == "  ×  "
    assert cells.ink[0, 2] == Ink.TROUBLE
    assert lit(cells)[7].tolist() == [True] * 4 + [False] + [True] * 5


def test_red_is_not_for_a_target_that_is_not_finite() -> None:
    canvas = dot_canvas(5, 2)
    canvas.line(range(10), [-math.inf] + [0] * 9, Ink.TARGET)
    assert canvas.cells().ink[0, 0] == Ink.TARGET
    canvas.line(range(10), [math.nan] + [0] * 9, Ink.NETWORK)
    assert canvas.cells().ink[0, 0] == Ink.TROUBLE


def test_a_later_line_does_not_hide_the_mark() -> None:
    canvas = dot_canvas(1, 1)
    canvas.line([0], [math.nan], Ink.NETWORK)
    canvas.line([0, 1], [3, 3], Ink.NETWORK)
    assert canvas.cells().text() == ["×"]


def test_the_later_ink_wins() -> None:
    canvas = dot_canvas(3, 1)
    canvas.line([0, 5], [0, 0], Ink.NETWORK)
    canvas.vertical(2, Ink.MARK)
    assert canvas.cells().text() == ["⣀┊⣀"]
    assert canvas.cells().ink.tolist() == [[Ink.NETWORK, Ink.MARK, Ink.NETWORK]]
    canvas.line([0, 5], [0, 0], Ink.NETWORK)
    assert canvas.cells().text() == ["⣀⣀⣀"]


def test_a_band_is_checkered_between_its_edges_and_keeps_a_spike() -> None:
    canvas = dot_canvas(4, 2)
    x = np.linspace(0, 7, 1001)
    high = np.full(1001, 1.0)
    high[400] = 7.0
    canvas.band(x, np.zeros(1001), high, Ink.PALE)
    rows, columns = np.indices((8, 8))
    spike = round(x[400])
    expected = (rows >= 6) | (columns == spike)
    assert (lit(canvas.cells()) == (expected & ((rows + columns) % 2 == 0))).all()


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
@pytest.mark.parametrize("size", [*itertools.product(range(4), range(4))])
@pytest.mark.parametrize("values", [[], [0.0], [math.nan] * 3, [math.inf, 1e308, -1e308], list(range(50))])
def test_nothing_raises(glyphs: Glyphs, size: tuple[int, int], values: list[float]) -> None:
    canvas = Canvas(*size, (0, 1, 0, 1), glyphs)
    x = np.arange(len(values))
    for ink in Ink:
        if ink != Ink.RGB:
            canvas.line(x, values, ink)
    canvas.band(x, values, values, Ink.PALE)
    canvas.points(x, values, Ink.TARGET, "▲")
    for value in values:
        canvas.vertical(value, Ink.MARK)
        canvas.line([0, 1], [value, value], Ink.TARGET)
    text = canvas.cells().text()
    assert [len(line) for line in text] == [size[0]] * size[1]
    assert all(GLYPH_SETS[glyphs].holds(character) for line in text for character in line)
