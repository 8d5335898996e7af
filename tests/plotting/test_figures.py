"""Frames and whole figures."""

import itertools
import math
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from periodic_tui.plotting import frame as frame_module
from periodic_tui.plotting.axes import follow, linear_axis, log_axis, step_axis
from periodic_tui.plotting.cells import Glyphs, Ink
from periodic_tui.plotting.digits import BLOCKS, BOXES, STROKES, large_digits
from periodic_tui.plotting.figures import Series, curve_figure, level, names
from periodic_tui.plotting.frame import frame
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.heat import heat_map

X_AXIS, Y_AXIS = step_axis(1_200_000, 4), log_axis(-3, 1, 5)
BAD = [[], [0.0], [math.nan, 1.0, 2.0], [math.inf, -math.inf], [0.0, 0.0, 0.0]]


@pytest.fixture
def _fresh_cache() -> Iterator[None]:
    frame.cache_clear()
    yield
    frame.cache_clear()


def test_the_canvas_lies_between_the_axes() -> None:
    still = frame(60, 12, X_AXIS, Y_AXIS, "step")
    text = still.cells.text()
    assert (still.column, still.columns, still.rows) == (5, 55, 10)
    assert [line[:5] for line in text[:10] if line[4] == "┤"] == ["1e+1┤", "1e+0┤", "1e-1┤", "1e-2┤", "1e-3┤"]
    assert text[10].startswith("    └┬")
    assert text[10].endswith("─ step")
    assert text[11].split() == ["0", "1M", "2M"]


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
@pytest.mark.parametrize("rows", range(9, 30))
def test_ticks_stand_where_the_canvas_puts_their_values(rows: int, glyphs: Glyphs) -> None:
    columns = 2 * rows + 20
    axis = linear_axis(0, 10, 6)
    still = frame(columns, rows, axis, axis, "", glyphs)
    points = [Series([tick], [tick], style="points", shape="o") for tick in axis.ticks]
    figure = curve_figure((columns, rows), points, axis, axis, glyphs=glyphs).text()
    places = {(row, line.index("o")) for row, line in enumerate(figure) if "o" in line}
    ticked_rows = {row for row in range(still.rows) if figure[row][still.column - 1] in "┤+"}
    ticked_columns = {column for column in range(still.column, columns) if figure[still.rows][column] in "┬┐+"}
    assert {row for row, _ in places} == ticked_rows
    assert {column for _, column in places} == ticked_columns


@pytest.mark.usefixtures("_fresh_cache")
def test_a_frame_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[object] = []
    draw = frame_module._draw

    def counted(*arguments: Any) -> Any:
        drawn.append(arguments)
        return draw(*arguments)

    monkeypatch.setattr(frame_module, "_draw", counted)
    for end in range(10):
        curve_figure((60, 12), [Series([0, end], [1, 1])], step_axis(1_200_000 + end, 4), Y_AXIS)
    assert len(drawn) == 1
    curve_figure((60, 12), [], X_AXIS, log_axis(-4, 1, 5))
    assert len(drawn) == 2


def test_canvas_and_cells_do_not_import_plotext() -> None:
    code = (
        "import sys, periodic_tui.plotting.figures; print(sorted({'plotext', 'torch', 'textual'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
@pytest.mark.parametrize("size", [*itertools.product(range(4), range(4)), (7, 5), (8, 4), (9, 5), (40, 4), (12, 30)])
@pytest.mark.parametrize("values", BAD)
def test_no_figure_raises_and_every_figure_has_its_size(
    glyphs: Glyphs, size: tuple[int, int], values: list[float]
) -> None:
    x = np.arange(len(values))
    for scale in ("linear", "log"):
        axis = follow(None, [values], 4, "log" if scale == "log" else "linear")
        series = [Series(x, values, Ink.PALE, "band", values), Series(x, values, label="network"), level(0.5)]
        points = Series(x, values, Ink.TROUBLE, "points", label="trouble")
        figure = curve_figure(size, [*series, points], X_AXIS, axis, marks=[1, math.nan], x_label="step", glyphs=glyphs)
        assert [len(line) for line in figure.text()] == [size[0]] * size[1]
        assert all(GLYPH_SETS[glyphs].holds(character) for line in figure.text() for character in line)


def test_a_zero_loss_is_drawn_at_the_floor() -> None:
    axis = follow(None, [[1.0, 0.0]], 5, "log")
    figure = curve_figure((40, 12), [Series([0, 10], [1.0, 0.0])], step_axis(10, 4), axis).text()
    assert figure[9].lstrip().startswith("0┤")
    assert figure[9][-1] != " "
    assert not any("×" in line for line in figure)


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
def test_the_legend_names_the_curves_that_are_seen_each_with_a_look_of_its_own(glyphs: Glyphs) -> None:
    x, axis = np.linspace(0, 1, 50), linear_axis(0, 1, 4)
    inks = (Ink.NETWORK, Ink.TARGET, Ink.TROUBLE, Ink.TEXT, Ink.MARK, Ink.PALE)
    series = [Series(x, x, ink, label=ink.name) for ink in inks]
    series += [Series(x, x, Ink.TEXT, "points", label="points"), Series(x, x, Ink.PALE, "band", x, label="band")]
    found = names([*series, Series(x, x + 3, label="above"), Series(x, x)], axis, axis, glyphs)
    assert [name.label for name in found] == [*(ink.name for ink in inks), "points", "band"]
    looks = [name.sample for name in found]
    assert len(set(looks)) == len(looks) if glyphs == "braille" else len(set(looks[:5])) == 5
    assert all(GLYPH_SETS[glyphs].holds(character) for look in looks for character in look)


def test_a_mark_stands_at_its_step() -> None:
    figure = curve_figure((60, 12), [], X_AXIS, Y_AXIS, marks=[1_000_000])
    columns = {line.index("┊") for line in figure.text()[:10]}
    assert columns == {figure.text()[10].index("┬", 10)}
    assert (figure.ink == Ink.MARK).sum() == 10


@pytest.mark.parametrize(("font", "glyphs"), [(BOXES, "braille"), (BLOCKS, "block"), (STROKES, "ascii")])
def test_large_digits_are_distinct_and_digits_equally_wide(font: dict[str, tuple[str, ...]], glyphs: Glyphs) -> None:
    assert set(font) == set("0123456789.-+:e ")
    assert len(set(font.values())) == len(font)
    assert {len(row) for digit in "0123456789+-e" for row in font[digit]} == {3}
    cells = large_digits("−0.5e+1: 2", Ink.NETWORK, glyphs)
    assert cells.rows == 3
    assert all(GLYPH_SETS[glyphs].holds(character) for line in cells.text() for character in line)
    assert (cells.ink == Ink.NETWORK).all()


def test_no_digits_at_all() -> None:
    assert large_digits("", Ink.TEXT).text() == ["", "", ""]


def test_a_heat_map_shows_two_rows_in_each_cell() -> None:
    gray = np.array([[0, 0, 0], [200, 200, 200]], np.uint8)
    cells = heat_map([[0.0, 1.0], [2.0, 4.0]], 2, 1, 0.0, 4.0, gray)
    assert cells.text() == ["▀▀"]
    assert cells.colors is not None
    assert cells.colors[0, :, 0, 0].tolist() == [0, 50]
    assert cells.colors[0, :, 1, 0].tolist() == [100, 200]


@pytest.mark.parametrize("glyphs", GLYPH_SETS)
def test_a_heat_map_without_colors_is_a_ramp(glyphs: Glyphs) -> None:
    cells = heat_map([[0.0, 1.0, math.nan]], 3, 1, 0.0, 1.0, None, glyphs)
    assert cells.text() == [{"braille": " █×", "block": " █x", "ascii": " @x"}[glyphs]]
    assert cells.ink[0, 2] == Ink.TROUBLE


@pytest.mark.parametrize("size", [*itertools.product(range(4), range(4))])
@pytest.mark.parametrize("values", [np.empty((0, 0)), np.full((2, 3), np.nan), np.zeros((9, 9)), [[math.inf]]])
def test_heat_maps_of_any_size(size: tuple[int, int], values: np.ndarray) -> None:
    cells = heat_map(values, *size, 0.0, 0.0)
    assert [len(line) for line in cells.text()] == [size[0]] * size[1]
