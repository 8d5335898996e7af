"""Curves over the steps: what is joined, and what is not."""

from collections.abc import Callable

import numpy as np
import pytest

from periodic_tui.engine.snapshot import Curve
from periodic_tui.plotting.axes import linear_axis, step_axis
from periodic_tui.plotting.canvas import Canvas
from periodic_tui.plotting.cells import Ink
from periodic_tui.plotting.steps import StepCurve
from tests.plotting.test_canvas import lit

COLUMNS, ROWS = 50, 10
Style = Callable[[Curve], StepCurve]


def drawn(curve: StepCurve) -> np.ndarray:
    """[4 rows, 2 columns] dots of a curve of values from 0 to 10 over 100 steps."""
    canvas = Canvas(COLUMNS, ROWS, (0, 99, 0, 10))
    curve.draw(canvas, step_axis(99, 4), linear_axis(0, 10, 4))
    return lit(canvas.cells())


def bins(*held: tuple[float, float, float, float]) -> Curve:
    """A curve of bins (first step, last step, value, life)."""
    first, last, value, life = (np.array(column, float) for column in zip(*held, strict=True))
    return Curve(first, value, value, value, last=last, life=life)


def lines(curve: Curve) -> StepCurve:
    return StepCurve.of(curve, ink=Ink.NETWORK)


def bands(curve: Curve) -> StepCurve:
    return StepCurve.of(curve, curve.low, curve.high, ink=Ink.PALE, style="band")


def test_a_bin_reaches_from_its_first_to_its_last_step() -> None:
    dots = drawn(lines(bins((10, 30, 5, 0), (31, 50, 5, 0))))
    assert np.flatnonzero(dots.any(0)).tolist() == list(range(10, 51))
    assert dots.any(1).sum() == 1


@pytest.mark.parametrize("style", [lines, bands])
def test_nothing_is_joined_across_a_command(style: Style) -> None:
    dots = drawn(style(bins((0, 50, 10, 0), (50, 99, 0, 1))))
    rows, columns = np.nonzero(dots)
    assert set(rows) == {0, 4 * ROWS - 1}
    assert columns[rows == 0].max() in (49, 50)
    assert columns[rows > 0].min() in (50, 51)


def test_a_leap_between_neighboring_steps_is_joined_at_its_step() -> None:
    dots = drawn(lines(bins((0, 49, 10, 0), (50, 99, 0, 0))))
    between = np.flatnonzero(dots[1:-1].any(0))
    assert len(between)
    assert set(between) <= {49, 50}


@pytest.mark.parametrize("style", [lines, bands])
def test_no_slope_is_drawn_where_nothing_was_measured(style: Style) -> None:
    dots = drawn(style(bins((0, 20, 10, 0), (70, 99, 0, 0))))
    assert not dots[:, 22:69].any()
    assert dots[0, :21].any()
    assert dots[-1, 70:].any()


def test_far_points_of_about_the_same_height_are_joined() -> None:
    dots = drawn(lines(bins((0, 0, 5, 0), (99, 99, 5.5, 0))))
    assert dots.any(0).all()


def test_single_measurements_far_apart_are_dots() -> None:
    dots = drawn(lines(bins((10, 10, 10, 0), (50, 50, 0, 0), (90, 90, 10, 0))))
    assert np.argwhere(dots).tolist() == [[0, 10], [0, 90], [4 * ROWS - 1, 50]]


def test_a_curve_of_single_steps_needs_to_tell_neither_last_steps_nor_lives() -> None:
    curve = Curve(np.arange(100.0), np.full(100, 5.0), np.full(100, 5.0), np.full(100, 5.0))
    assert drawn(lines(curve)).any(0).all()


def test_what_is_not_finite_is_marked_and_never_joined() -> None:
    canvas = Canvas(COLUMNS, ROWS, (0, 99, 0, 10))
    curve = bins((0, 40, 5, 0), (41, 50, np.nan, 0), (51, 99, 5, 0))
    lines(curve).draw(canvas, step_axis(99, 4), linear_axis(0, 10, 4))
    cells = canvas.cells()
    assert {column for column in range(COLUMNS) if cells.glyphs[0, column] == ord("×")} == {20, 25}


def test_the_values_that_are_seen_are_those_of_bins_that_reach_into_the_window() -> None:
    curve = lines(bins((0, 9, 1, 0), (10, 19, 2, 0), (20, 29, 3, 0)))
    assert curve.within(19, 19)[0].tolist() == [2]
    assert curve.within(5, 20)[0].tolist() == [1, 2, 3]


def test_neighboring_steps_are_joined_however_far_apart_they_are_drawn() -> None:
    canvas = Canvas(COLUMNS, ROWS, (0, 10, 0, 10))
    lines(bins((0, 0, 10, 0), (1, 1, 0, 0), (3, 3, 10, 0))).draw(canvas, step_axis(9, 4), linear_axis(0, 10, 4))
    assert np.flatnonzero(lit(canvas.cells()).any(0)).tolist() == [*range(11), 30]


@pytest.mark.parametrize("style", [lines, bands])
def test_the_present_life_is_without_what_was_before_it_at_its_first_step(style: Style) -> None:
    curve = style(bins((0, 49, 1, 0), (50, 50, 2, 0), (50, 50, 3, 1), (51, 60, 4, 1), (60, 70, 5, 2)))
    since = curve.since(50)
    assert [np.asarray(values).tolist() for values in (since.x, since.y)] == [[50, 51, 60], [3, 4, 5]]
    assert [edge.tolist() for edge in since.within(0, 55)] == [[3, 4], [3, 4]]
    assert curve.since(71) is curve
