"""Losses of a chunk of steps reduced to bins: by numpy, or by torch where they are on an accelerator."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from periodic_tui.engine.arrays import Counts, Floats

if TYPE_CHECKING:
    from periodic_tui.engine.training.fetched import Fetched

_LEAST = math.log(5e-324)
"""Stands for the logarithm of 0."""


@dataclass(frozen=True, eq=False)
class Bins:
    """What is kept of some bins, each `[bins, replicas]`; a NaN counts as infinite."""

    low: Any
    high: Any
    total: Any
    """Sum of the finite values, or of their logarithms, in double precision."""
    count: Any
    """Finite values."""

    def with_more(self, more: Bins) -> Bins:
        """With others' values of the same bins."""
        of = _library(self.low)
        low, high = of.minimum(self.low, more.low), of.maximum(self.high, more.high)
        return Bins(low, high, self.total + more.total, self.count + more.count)

    def __getitem__(self, part: slice) -> Bins:
        """Some of the bins."""
        return Bins(self.low[part], self.high[part], self.total[part], self.count[part])

    def grouped(self, starts: Counts) -> Bins:
        """Of arrays, several bins as one, each of which begins at one of these."""
        low, high = np.minimum.reduceat(self.low, starts), np.maximum.reduceat(self.high, starts)
        return Bins(low, high, np.add.reduceat(self.total, starts), np.add.reduceat(self.count, starts))

    def sent(self) -> Fetched:
        """An accelerator's bins on their way to the CPU."""
        from periodic_tui.engine.training.fetched import Fetched

        return Fetched([self.low, self.high, self.total, self.count], self.low.device)

    def arrays(self) -> tuple[Floats, ...]:
        """The four on the CPU."""
        columns = self.low, self.high, self.total, self.count
        return tuple(each if isinstance(each, np.ndarray) else each.cpu().numpy() for each in columns)


def reduced(values: Any, starts: Sequence[int], geometric: bool) -> Bins:
    """Bins of `values` `[steps, replicas]` that begin at the rows `starts`, the first of them 0; all but the first and
    the last have the same length. Nobody waits for an accelerator."""
    if isinstance(values, np.ndarray):
        bins = joined([_finite(part, geometric) for part in _parts(values, starts)])
        if np.isfinite(bins.low).all() and np.isfinite(bins.high).all():
            return bins
    return joined([_any(part, geometric) for part in _parts(values, starts)])


def _library(values: Any) -> Any:
    """numpy for its arrays, else torch."""
    if isinstance(values, np.ndarray):
        return np
    import torch

    return torch


def _parts(values: Any, starts: Sequence[int]) -> Iterator[Any]:
    """Bins of equal length together, `[bins, steps, replicas]`."""
    inner = len(starts) - 2
    if inner >= 0:
        yield values[None, : starts[1]]
    if inner > 0:
        yield values[starts[1] : starts[-1]].reshape(inner, -1, values.shape[1])
    yield values[None, starts[-1] :]


def joined(parts: Sequence[Bins]) -> Bins:
    """All bins of several, in order."""
    if len(parts) == 1:
        return parts[0]
    columns = zip(*((part.low, part.high, part.total, part.count) for part in parts), strict=True)
    return Bins(*map(_library(parts[0].low).concatenate, columns))


def _finite(values: Any, geometric: bool) -> Bins:
    """Where every value is finite; where one is not, neither is its low or its high."""
    low = values.min(1)
    measured = np.log(values) if geometric and low.min() > 0 else _measured(values, geometric)
    count = np.full(low.shape, float(values.shape[1]))
    return Bins(low, values.max(1), measured.sum(1, dtype=np.float64), count)


def _any(values: Any, geometric: bool) -> Bins:
    """Whatever the values are."""
    of = _library(values)
    finite, worst = of.isfinite(values), of.where(of.isnan(values), math.inf, values)
    total = of.where(finite, _measured(values, geometric), 0.0).sum(1, dtype=of.float64)
    return Bins(of.amin(worst, 1), of.amax(worst, 1), total, finite.sum(1, dtype=of.float64))


def _measured(values: Any, geometric: bool) -> Any:
    """Values, or their logarithms."""
    if not geometric:
        return values
    of = _library(values)
    with np.errstate(divide="ignore"):
        logarithms = of.log(of.clip(values, 0.0, None))
    return of.clip(logarithms, _LEAST, None)
