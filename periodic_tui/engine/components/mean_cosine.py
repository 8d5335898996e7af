"""The mean of cos(kx) over the inputs, C(k): all that decides on the expected loss of one sine against another."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.domain import Interval

_SERIES_BELOW = 0.02
_FINENESS = 32
"""Points of k in half a turn of the farthest input."""
_AT_ONCE = 4_096
_MOST = 1 << 20


def mean_cosine(k: Floats, intervals: tuple[Interval, ...], scale: float, order: int) -> Floats:
    """C(k), or its derivative of that order (up to 2), for inputs uniform on a union of intervals times `scale`;
    without intervals for x ~ N(0, scale²)."""
    k = np.asarray(k, dtype=np.float64) * scale
    if not intervals:
        values = _normal(k)[order]
    else:
        lengths = np.array([high - low for low, high in intervals])
        parts = [_interval(k, low, high)[order] for low, high in intervals]
        values = sum(length * part for length, part in zip(lengths, parts, strict=True)) / lengths.sum()
    return np.asarray(values * scale**order, dtype=np.float64)


@lru_cache(maxsize=64)
def capture_basin(intervals: tuple[Interval, ...], scale: float) -> float:
    """How far a frequency may be from that of a sine for the loss to fall towards it: the first minimum of C(k).

    4.4934/R on [−R, R], where tan u = u; on a range that lies off zero less than that of its half-width, for the phase
    at x = 0 is given. inf where there is none in reach.
    """
    scale = abs(scale)
    farthest = scale * max(abs(end) for interval in intervals for end in interval)
    step = math.pi / farthest / _FINENESS
    for first in range(1, _MOST, _AT_ONCE):
        k: Floats = step * np.arange(first, first + _AT_ONCE, dtype=np.float64)
        rises = mean_cosine(k, intervals, scale, 1) > 0
        if rises.any():
            high = float(k[rises.argmax()])
            return _bisected(intervals, scale, high - step, high)
    return math.inf


def _bisected(intervals: tuple[Interval, ...], scale: float, low: float, high: float) -> float:
    """Where the derivative rises through zero between two k."""
    for _ in range(60):
        middle = (low + high) / 2
        rises = mean_cosine(np.array(middle), intervals, scale, 1) > 0
        low, high = (low, middle) if rises else (middle, high)
    return high


def _normal(k: Floats) -> tuple[Floats, Floats, Floats]:
    value = np.exp(-0.5 * k**2)
    return value, -k * value, (k**2 - 1) * value


def _interval(k: Floats, low: float, high: float) -> tuple[Floats, Floats, Floats]:
    """Mean of cos(kx) over an interval, and its first two derivatives in k."""
    middle, half = (low + high) / 2, (high - low) / 2
    s0, s1, s2 = sinc(k * half)
    cosine, sine = np.cos(k * middle), np.sin(k * middle)
    first = half * s1 * cosine - middle * s0 * sine
    second = half**2 * s2 * cosine - 2 * middle * half * s1 * sine - middle**2 * s0 * cosine
    return s0 * cosine, first, second


def sinc(u: Floats) -> tuple[Floats, Floats, Floats]:
    """sin u / u and its first two derivatives; by their series where u is small."""
    u = np.asarray(u, dtype=np.float64)
    small = np.abs(u) < _SERIES_BELOW
    v = np.where(small, 1.0, u)
    s, c = np.sin(v) / v, np.cos(v)
    first = (c - s) / v
    second = -s - 2 * first / v
    w = np.where(small, u * u, 0.0)
    series = 1 - w / 6 + w**2 / 120, u * (-1 / 3 + w / 30 - w**2 / 840), -1 / 3 + w / 10 - w**2 / 168
    return (
        np.where(small, series[0], s),
        np.where(small, series[1], first),
        np.where(small, series[2], second),
    )
