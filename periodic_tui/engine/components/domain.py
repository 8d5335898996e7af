"""Where inputs come from: a union of intervals or a normal distribution, fresh for ever or a fixed set of points."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from periodic_tui.engine.components.registry import Spec

MAX_POINTS = 10_000_000
"""Largest fixed data set that a preset may ask for."""

Interval = Annotated[tuple[float, float], Field(strict=False)]


def _ordered(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    for low, high in intervals:
        if not low < high:
            raise ValueError(f"an interval must rise, got [{low:g}, {high:g}]")
    ordered = tuple(sorted(intervals))
    for (_, end), (start, _) in pairwise(ordered):
        if start < end:
            raise ValueError(f"intervals must not overlap, got one up to {end:g} and one from {start:g}")
    return ordered


def _not_zero(factor: float) -> float:
    if factor == 0:
        raise ValueError("expected a factor other than 0, which would make all inputs the same, got 0")
    return factor


Intervals = Annotated[tuple[Interval, ...], Field(strict=False), AfterValidator(_ordered)]


class Domain(Spec):
    """The inputs of one experiment; every input dimension takes the same union of intervals."""

    train: Intervals = ()
    """Training intervals, open at the low end; empty: the target's own."""
    test: Intervals = ()
    """Held-out intervals."""
    distribution: Literal["uniform", "normal"] = "uniform"
    """`normal` is N(0, 1) in every dimension and has no intervals."""
    scale: Annotated[tuple[Annotated[float, AfterValidator(_not_zero)], ...], Field(strict=False)] = ()
    """A factor for each input dimension; empty: 1 everywhere."""
    points: Annotated[int, Field(ge=0, le=MAX_POINTS)] = 0
    """0: fresh samples for ever; otherwise the size of a fixed data set."""
    spacing: Literal["random", "even"] = "random"
    """How the points of a fixed data set are placed."""
