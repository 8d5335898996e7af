"""Properties that every axis has, and a few known ones."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periodic_tui.plotting.axes import Axis, follow, keep, linear_axis, log_axis, step_axis

anything = st.floats(allow_nan=True, allow_infinity=True)
rooms = st.integers(-1, 12)


def check(axis: Axis, room: int) -> None:
    assert math.isfinite(axis.low)
    assert axis.low < axis.high < math.inf
    assert 2 <= len(axis.ticks) == len(axis.labels) <= max(room, 2)
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)
    assert all(first < second for first, second in itertools.pairwise(axis.ticks))
    assert len(set(axis.labels)) == len(axis.labels)
    assert all(label.isascii() for label in axis.labels)


@given(low=anything, high=anything, room=rooms)
def test_any_linear_axis_is_valid(low: float, high: float, room: int) -> None:
    axis = linear_axis(low, high, room)
    check(axis, room)
    error = max(abs(float(label) - tick) for label, tick in zip(axis.labels, axis.ticks, strict=True))
    assert error <= 1.001e-3 * (axis.high - axis.low)


@given(low=st.floats(-1e6, 1e6), span=st.floats(1e-2, 1e6), room=rooms)
def test_data_are_on_their_axis_and_use_half_of_it(low: float, span: float, room: int) -> None:
    axis = linear_axis(low, low + span, room)
    slack = 1e-9 * (axis.high - axis.low)
    assert axis.low - slack <= low
    assert low + span <= axis.high + slack
    assert span >= 0.5 * (axis.high - axis.low)


@given(low=anything, high=anything, room=rooms, zero=st.booleans())
def test_any_log_axis_is_valid(low: float, high: float, room: int, zero: bool) -> None:
    axis = log_axis(low, high, room, zero)
    check(axis, room)
    assert axis.holds_zero == zero
    ticks = list(zip(axis.ticks, axis.labels, strict=True))[zero:]
    assert all(math.isclose(math.log10(float(label)), tick) for tick, label in ticks if abs(tick) < 300)


@given(low=st.floats(-300, 300), span=st.floats(0.4, 3))
def test_data_use_half_of_a_short_log_axis(low: float, span: float) -> None:
    axis = log_axis(low, low + span, 4)
    assert axis.low <= low
    assert low + span <= axis.high
    assert span >= 0.4 * (axis.high - axis.low)


@given(begin=st.integers(0, 10**15), length=st.integers(0, 10**15), room=rooms)
def test_any_step_axis_is_valid_and_holds_the_steps(begin: int, length: int, room: int) -> None:
    axis = step_axis(begin + length, room, begin)
    check(axis, room)
    assert axis.low == begin
    assert begin + length <= axis.high * (1 + 1e-12)
    for tick, label in zip(axis.ticks, axis.labels, strict=True):
        unit = {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}.get(label[-1], 1)
        assert float(label.rstrip("kMGT").replace(",", "")) * unit == pytest.approx(tick, rel=1e-15, abs=0.5)


def test_steps_late_in_a_run_are_told_apart() -> None:
    assert step_axis(1_204_007, 4, 1_204_000).labels == ("1,204,000", "1,204,005", "1,204,010")
    assert step_axis(1_900_000, 4, 1_200_000).labels == ("1.5M", "2M")


def test_a_step_axis_grows_seldom() -> None:
    axes = {step_axis(1_204_000 + steps, 4, 1_204_000) for steps in range(0, 100_000, 7)}
    assert len(axes) == 13


def test_known_ticks_and_labels() -> None:
    assert linear_axis(-1, 1, 5).labels == ("-1.0", "-0.5", "0.0", "0.5", "1.0")
    assert linear_axis(0, 31, 4).ticks == (0, 10, 20, 30)
    assert log_axis(-3, 1, 5).labels == ("1e-3", "1e-2", "1e-1", "1e+0", "1e+1")
    assert log_axis(-3, 1, 6, zero=True).labels == ("0", "1e-3", "1e-2", "1e-1", "1e+0", "1e+1")
    assert log_axis(math.log10(0.3), math.log10(1.6), 5).labels == ("0.2", "0.5", "1", "2")
    assert log_axis(math.log10(3e-7), math.log10(4e-6), 3).labels == ("2e-7", "5e-6")
    assert step_axis(1_900_000, 6).labels == ("0", "500k", "1M", "1.5M", "2M")


@given(low=st.floats(-1e6, 1e6), span=st.floats(0, 1e6), scale=st.sampled_from(["linear", "log"]))
def test_a_fresh_axis_is_kept(low: float, span: float, scale: str) -> None:
    low, span = (low / 1e4, span / 1e4) if scale == "log" else (low, span)
    axis = log_axis(low, low + span, 5) if scale == "log" else linear_axis(low, low + span, 5)
    inset = 1e-9 * (axis.high - axis.low)
    assert keep(axis, max(low, axis.low + inset), min(low + span, axis.high - inset))


def test_an_axis_stays_until_the_data_leave_it_or_use_less_than_a_quarter() -> None:
    axis = linear_axis(0, 100, 5)
    assert keep(axis, 0, 100)
    assert keep(axis, 10, 36)
    assert not keep(axis, 10, 34)
    assert not keep(axis, 10, 101)
    assert not keep(axis, -1, 100)
    assert keep(axis, math.nan, math.nan)


def test_following_the_data() -> None:
    first = follow(None, [[0.0, 8.0], [10.0]], 5)
    assert follow(first, [[1.0, 9.0]], 5) is first
    assert follow(first, [[1.0, 11.0]], 5).high >= 11
    assert follow(first, [[1.0, 9.0]], 5, "log").scale == "log"


def test_zero_comes_to_the_floor_of_a_log_axis() -> None:
    axis = follow(None, [[0.0, 1e-3, 1.0]], 6, "log")
    assert axis.labels[0] == "0"
    assert axis.positions([0.0, 1e-3, 1.0]).tolist() == [axis.low, -3.0, 0.0]
    assert follow(axis, [[1e-3, 1.0]], 6, "log") is axis
    assert math.isnan(axis.positions(-1.0))
    assert axis.positions(1e-200) == axis.low


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("values", [[], [0.0, 0.0], [math.nan] * 2, [math.inf, -math.inf], [-1.0]])
def test_no_data_is_too_poor_for_an_axis(scale: str, values: list[float]) -> None:
    axis = follow(None, [values], 5, "log" if scale == "log" else "linear")
    check(axis, 5)
    assert follow(axis, [np.array(values)], 5, axis.scale) is axis
