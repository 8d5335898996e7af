"""Limits, ticks and labels of axes, for any data and for none."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Scale = Literal["linear", "log"]

LIMIT = 1e300
"""Larger data are drawn at the edge, so that a span never overflows."""
FINEST = 1e-9
"""Smallest span, relative to the data: below it ticks could not be told apart."""
SHORT = 3.0
"""Decades up to which a log axis begins and ends within them, so that its data use the height."""
FLOOR = 4
"""The floor for zeros takes so many parts less than the rest of a log axis, and no more than a decade."""
ENOUGH = 0.25
"""An axis shrinks when its data use less than this share of it."""

FEWEST_STEPS = 10.0
"""The shortest step axis."""

UNITS = {"T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3}
"""Suffixes of step labels, largest first."""


@dataclass(frozen=True)
class Axis:
    """Limits, ticks and labels in axis units: the data's own, or their log10 on a log axis. Hashable."""

    low: float
    high: float
    ticks: tuple[float, ...]
    """Ascending, within the limits."""
    labels: tuple[str, ...]
    """One for each tick, no two the same."""
    scale: Scale = "linear"

    @property
    def holds_zero(self) -> bool:
        """Whether a log axis has a floor for zeros."""
        return self.scale == "log" and self.labels[:1] == ("0",)

    def positions(self, values: ArrayLike) -> NDArray[np.float64]:
        """Data in axis units, same shape; on a log axis what has no logarithm is NaN.

        Zero comes to the floor, and, where that is for zeros, a mean of them and other values not below it.
        """
        values = np.asarray(values, np.float64)
        if self.scale == "linear":
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            logarithms = np.where(values == 0, self.low, np.log10(values))
        return np.maximum(logarithms, self.low) if self.holds_zero else logarithms


def window(x_axis: Axis, y_axis: Axis) -> tuple[float, float, float, float]:
    """Least and greatest x, least and greatest y, in axis units."""
    return x_axis.low, x_axis.high, y_axis.low, y_axis.high


def linear_axis(low: float, high: float, room: int) -> Axis:
    """An axis around the data with at most max(room, 2) ticks; limits that are not finite count as missing."""
    low, high = _widened(low, high)
    fine = _nice(high - low, 8)
    low, high = math.floor(low / fine) * fine, math.ceil(high / fine) * fine
    ticks = _linear_ticks(low, high, room)
    return Axis(low, high, ticks, labels_of(ticks))


def log_axis(low: float, high: float, room: int, zero: bool = False) -> Axis:
    """An axis for log10 values `low` to `high`: in whole decades, or from one of 1, 2, 5, 10 … to another where it is
    short; `zero` adds a floor below, labeled 0."""
    first, last = _log_limits(low, high)
    room = max(room, 2) - zero
    whole = last - first >= SHORT and first.is_integer() and last.is_integer()
    ticks = _decade_ticks(round(first), round(last), room) if whole else _mark_ticks(first, last, room)
    labels = tuple(f"1e{tick:+.0f}" if whole else _mark_label(tick) for tick in ticks)
    if zero:
        floor = first - min(1.0, (last - first) / FLOOR)
        return Axis(floor, last, (floor, *ticks), ("0", *labels), "log")
    return Axis(first, last, ticks, labels, "log")


def step_axis(steps: float, room: int, begin: float = 0.0) -> Axis:
    """An axis from step `begin` on; its length is the next of 1, 2, 5 times a power of ten, so that it grows seldom."""
    length = steps - begin if math.isfinite(steps) else FEWEST_STEPS
    return step_window(begin, begin + _nice(max(length, FEWEST_STEPS), 1), room)


def step_window(low: float, high: float, room: int) -> Axis:
    """An axis of the steps from `low` to `high`. Labels are short, as 600k, where these tell the ticks apart."""
    ticks = _linear_ticks(low, high, min(room, int(high - low)))
    short, full = tuple(map(_thousands, ticks)), tuple(f"{tick:,.0f}" for tick in ticks)
    true = all(_steps(label) == tick for label, tick in zip(short, ticks, strict=True))
    return Axis(low, high, ticks, short if true and max(map(len, short)) < max(map(len, full)) else full)


def keep(previous: Axis, data_low: float, data_high: float) -> bool:
    """Whether an axis still suits its data, in axis units: they are on it and use at least a quarter of it."""
    if not (math.isfinite(data_low) and math.isfinite(data_high)):
        return True
    if data_low < previous.low or data_high > previous.high:
        return False
    low, high = (_log_limits if previous.scale == "log" else _widened)(data_low, data_high)
    span = previous.high - previous.low
    if previous.holds_zero:
        span -= min(1.0, span / (FLOOR + 1))
    return high - low >= ENOUGH * span


def follow(previous: Axis | None, data: Iterable[ArrayLike], room: int, scale: Scale = "linear") -> Axis:
    """The axis for a new frame: the previous one as long as it suits all of `data`, a fresh one otherwise."""
    values = np.concatenate([np.ravel(np.asarray(part, np.float64)) for part in data] or [np.empty(0)])
    zero = scale == "log" and bool((values == 0).any())
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log10(values) if scale == "log" else values
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (math.nan, math.nan)
    if previous and _fits(previous, room, scale, zero) and keep(previous, low, high):
        return previous
    return log_axis(low, high, room, zero) if scale == "log" else linear_axis(low, high, room)


def _fits(axis: Axis, room: int, scale: Scale, zero: bool) -> bool:
    """Whether an axis is of the right kind and its ticks still have room."""
    return axis.scale == scale and (axis.holds_zero or not zero) and len(axis.ticks) <= max(room, 2)


def _widened(low: float, high: float) -> tuple[float, float]:
    """Finite limits, in order, far enough apart."""
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    low, high = sorted((min(max(low, -LIMIT), LIMIT), min(max(high, -LIMIT), LIMIT)))
    size = max(abs(low), abs(high))
    if high - low > max(FINEST * size, 1 / LIMIT):
        return low, high
    margin = 0.1 * size if size > 1 / LIMIT else 1.0
    return low - margin, high + margin


def _log_limits(low: float, high: float) -> tuple[float, float]:
    """Limits around log10 values: whole decades, or where few are spanned marks of 1, 2 and 5; float64 has none beyond
    ±330."""
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = -1.0, 0.0
    low, high = sorted((min(max(low, -330.0), 330.0), min(max(high, -330.0), 330.0)))
    if high - low > SHORT:
        return float(math.floor(low)), float(math.ceil(high))
    below = max(mark for mark in _marks(low - 1, high + 1) if mark <= low + 1e-9)
    above = min(mark for mark in _marks(low - 1, high + 1) if mark >= high - 1e-9)
    if below == above:
        below = max(mark for mark in _marks(low - 1, low) if mark < below)
        above = min(mark for mark in _marks(high, high + 1) if mark > above)
    return min(below, low), max(above, high)


def _marks(low: float, high: float) -> list[float]:
    """The log10 of 1, 2 and 5 times powers of ten, from a decade below `low` to one above `high`."""
    return [
        decade + mantissa
        for decade in range(math.floor(low), math.ceil(high) + 1)
        for mantissa in (0.0, math.log10(2.0), math.log10(5.0))
    ]


def _nice(span: float, parts: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least span / parts."""
    least = span / parts
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0, 20.0) if factor * power >= least)


def _linear_ticks(low: float, high: float, room: int) -> tuple[float, ...]:
    """Multiples of a nice step, or both ends where fewer than two fit."""
    room = max(room, 2)
    step = _nice(high - low, room)
    ticks = _multiples(low, high, step)
    if len(ticks) > room:
        ticks = _multiples(low, high, _nice(step * 1.01, 1))
    return ticks if 2 <= len(ticks) <= room else (low, high)


def _multiples(low: float, high: float, step: float) -> tuple[float, ...]:
    slack = 1e-6
    counts = range(math.ceil(low / step - slack), math.floor(high / step + slack) + 1)
    return tuple(min(max(count * step, low), high) for count in counts)


def _decade_ticks(first: int, last: int, room: int) -> tuple[float, ...]:
    """Every decade, or every second, fifth, … multiple of it; both ends where that leaves less than two."""
    strides = (1, 2, 5, 10, 20, 50, 100, 200, 500)
    choices = ([float(e) for e in range(first, last + 1) if e % stride == 0] for stride in strides)
    ticks = next(ticks for ticks in choices if len(ticks) <= max(room, 1))
    return tuple(ticks) if len(ticks) > 1 or room < 2 else (float(first), float(last))


def _mark_ticks(first: float, last: float, room: int) -> tuple[float, ...]:
    """Every mark, or every decade, or both ends; the upper one alone where there is no room for more."""
    slack = 1e-9
    marks = [min(max(mark, first), last) for mark in _marks(first, last) if first - slack <= mark <= last + slack]
    decades = [mark for mark in marks if abs(mark - round(mark)) < slack]
    choices = (marks, decades, [first, last], [last])
    return tuple(next(ticks for ticks in choices if min(room, 2) <= len(ticks) <= max(room, 1)))


def _mark_label(tick: float) -> str:
    """0.05, 20, or 2e+7 of its log10."""
    exponent = math.floor(tick + 1e-9)
    digit = f"{10.0 ** (tick - exponent):.0f}"
    return f"{float(digit) * 10.0**exponent:g}" if -4 < exponent < 4 else f"{digit}e{exponent:+d}"


def labels_of(ticks: tuple[float, ...]) -> tuple[str, ...]:
    """The shortest labels that tell the ticks apart and are true to a thousandth of their span.

    12.5, or 1.25e-7 where the largest tick is tiny or huge.
    """
    form = "f" if 1e-3 <= max(map(abs, ticks)) < 1e6 else "e"
    for digits in range(17):
        labels = tuple(f"{tick + 0.0:.{digits}{form if tick else 'f'}}" for tick in ticks)
        error = max(abs(float(label) - tick) for label, tick in zip(labels, ticks, strict=True))
        if len(set(labels)) == len(ticks) and error <= 1e-3 * (ticks[-1] - ticks[0]):
            break
    return labels


def _thousands(step: float) -> str:
    """A step as 600k or 1.2M."""
    suffix, unit = next(((suffix, unit) for suffix, unit in UNITS.items() if step >= unit), ("", 1.0))
    return f"{step / unit:g}{suffix}"


def _steps(label: str) -> float:
    """The step that a short label stands for."""
    return float(label.rstrip("TGMk")) * UNITS.get(label[-1], 1.0)
