"""A training step as values: what is given, what is worked out from what, and where the elements of each lie."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from periodic_tui.engine.training.kernel.formulas import C_TYPES, Fold, Formula, Number
from periodic_tui.engine.training.kernel.positions import Coordinates, Position, contiguous, coordinates, place


@dataclass(frozen=True, eq=False)
class Value:
    """A tensor of one replica that fills its memory without gaps."""

    name: str
    dtype: torch.dtype
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    steady: bool
    """Whether it is the same at every step of a call."""

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def c_type(self) -> str:
        return C_TYPES[self.dtype]

    def coordinates(self, position: Position) -> Coordinates:
        """Which element lies there."""
        return coordinates(position, self.shape, self.strides)

    def operands(self, position: Position) -> list[Place]:
        """What the element there is worked out from."""
        return []


Place = tuple[Value, Position]
"""An element of a value, by where it lies."""


@dataclass(frozen=True, eq=False)
class View:
    """A value as an operation sees it."""

    value: Value
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int = 0

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def at(self, where: Coordinates) -> Place:
        """An element by its last coordinates; a dimension of one element is stretched."""
        own = where[len(where) - len(self.shape) :]
        stretched = (Position() if size == 1 else each for size, each in zip(self.shape, own, strict=True))
        return self.value, place(tuple(stretched), self.strides, self.offset)

    def element(self, number: Position) -> Place:
        """An element by its number, where the last dimension runs fastest."""
        return self.at(coordinates(number, self.shape, contiguous(self.shape)))


Operand = View | Number


@dataclass(frozen=True, eq=False)
class Input(Value):
    """Something that the kernel is given."""

    each: bool
    """Whether every replica has its own."""


@dataclass(frozen=True, eq=False)
class Counted(Value):
    """`first`, `first` + `step`, `first` + 2 · `step`, …"""

    first: int = 0
    step: int = 1


@dataclass(frozen=True, eq=False)
class Constant(Value):
    """Numbers that are known while the kernel is written; a single one stands for all."""

    numbers: tuple[Number, ...]


@dataclass(frozen=True, eq=False)
class Pointwise(Value):
    """Each element is worked out from one of each operand."""

    formula: Formula
    works_in: torch.dtype
    """The type that operands are turned into."""
    inputs: tuple[Operand, ...]

    @property
    def views(self) -> list[View]:
        """Those of the operands that are no numbers."""
        return [each for each in self.inputs if isinstance(each, View)]

    def operands(self, position: Position) -> list[Place]:
        where = self.coordinates(position)
        return [each.at(where) for each in self.views]


@dataclass(frozen=True, eq=False)
class Folded(Value):
    """Each element is the sum, or the largest, of many."""

    fold: Fold
    input: View
    dims: tuple[int, ...]
    """Those of the input over which the fold's variable `k` goes."""

    @property
    def count(self) -> int:
        """How many numbers become one."""
        return math.prod(self.input.shape[dim] for dim in self.dims)

    def operands(self, position: Position) -> list[Place]:
        lengths = [self.input.shape[dim] for dim in self.dims]
        folded = coordinates(Position.of("k", self.count), lengths, contiguous(lengths))
        inner = dict(zip(self.dims, folded, strict=True))
        where = self.coordinates(position)
        stay = len(where) == len(self.input.shape)
        outer = iter(each for dim, each in enumerate(where) if not stay or dim not in inner)
        return [self.input.at(tuple(inner.get(d) or next(outer) for d in range(len(self.input.shape))))]


@dataclass(frozen=True, eq=False)
class Joined(Value):
    """Several tensors, one behind the other."""

    pieces: tuple[tuple[View, int], ...]
    """Each with the place of its first element."""


@dataclass(frozen=True, eq=False)
class Chosen(Value):
    """Elements of a table, by their numbers."""

    table: View
    numbers: View
    dim: int
    """Of the table, along which is chosen."""
    each: bool
    """Whether every element has a number of its own (torch.gather), or all that have these numbers (indexing)."""

    @property
    def _numbered(self) -> int:
        """How many dimensions the numbers take in the place of the table's one."""
        return 1 if self.each else len(self.numbers.shape)

    def operands(self, position: Position) -> list[Place]:
        where = self.coordinates(position)
        return [self.numbers.at(where if self.each else where[self.dim : self.dim + self._numbered])]

    def element(self, position: Position, number: str) -> Place:
        """The element of the table, where the variable of that name is its number."""
        where = self.coordinates(position)
        chosen = Position.of(number, self.table.shape[self.dim])
        return self.table.at((*where[: self.dim], chosen, *where[self.dim + self._numbered :]))
