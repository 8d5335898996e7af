"""The grid of a sweep: the keys that it varies, and the cells that their values make."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from periodic_tui.engine.overrides import Override, written

Cell = tuple[int, ...]
"""Which value a cell has on each axis, counted from 0."""


@dataclass(frozen=True)
class Axis:
    """One key and the values that it takes."""

    key: str
    """Dotted path into the preset, as `--set` has it."""
    values: tuple[Any, ...]

    @property
    def name(self) -> str:
        """The last part of the key, where that says enough; the whole key where it says nothing by itself."""
        last = self.key.rpartition(".")[2]
        return self.key if last in ("kind", "train", "test", "weights", "bias", "a") else last

    @property
    def labels(self) -> tuple[str, ...]:
        """The values as they are typed, short: `1e-05`, `[50, 10]`, `±0.1` for the interval from −0.1 to 0.1."""
        return tuple(map(label, self.values))


@dataclass(frozen=True)
class Grid:
    """All combinations of the axes' values."""

    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(len(axis.values) for axis in self.axes)

    def __len__(self) -> int:
        return math.prod(self.shape)

    def cells(self) -> Iterator[Cell]:
        """Every cell; the last axis varies fastest."""
        return product(*map(range, self.shape))

    def settings(self, cell: Cell) -> list[Override]:
        """Keys and values of a cell, in the order of the axes."""
        return [(axis.key, axis.values[index]) for axis, index in zip(self.axes, cell, strict=True)]

    def told(self, cell: Cell) -> str:
        """A cell in words: `lr=0.001, hidden=[3]`."""
        named = zip(self.axes, cell, strict=True)
        return ", ".join(f"{axis.name}={axis.labels[index]}" for axis, index in named)


def label(value: Any) -> str:
    """A value as it is typed, short."""
    match value:
        case str():
            return value
        case float():
            return f"{value:.6g}"
        case [[int() | float() as low, int() | float() as high]] if low == -high and high > 0:
            return f"±{high:.6g}"
    return written(value)
