"""Places in memory as whole numbers of which the loops of the kernel are the variables, simplified as they are made:
a view of a view of a view costs no instruction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Atom:
    """A variable of the kernel, or a quotient or remainder of such; it is 0 … size − 1."""

    text: str
    """In C++; what is called the same is the same."""
    size: int
    dividend: Position | None = field(default=None, compare=False)
    divisor: int = 0
    """Of a quotient or a remainder."""


@dataclass(frozen=True, eq=False)
class Position:
    """A sum of atoms, each times a factor, and of a constant; none of them negative."""

    factors: Mapping[Atom, int] = field(default_factory=dict)
    constant: int = 0

    @classmethod
    def of(cls, text: str, size: int) -> Position:
        """A variable that is 0 … size − 1."""
        return cls({Atom(text, size): 1} if size > 1 else {})

    @property
    def largest(self) -> int:
        return self.constant + sum(factor * (atom.size - 1) for atom, factor in self.factors.items())

    def __add__(self, other: Position) -> Position:
        factors = dict(self.factors)
        for atom, factor in other.factors.items():
            factors[atom] = factors.get(atom, 0) + factor
        return Position(factors, self.constant + other.constant)

    def __mul__(self, factor: int) -> Position:
        if factor == 0:
            return Position()
        return Position({atom: each * factor for atom, each in self.factors.items()}, self.constant * factor)

    def __divmod__(self, divisor: int) -> tuple[Position, Position]:
        """Quotient and remainder: term by term where that is sure to be the same, else as new atoms."""
        quotient, remainder = divmod(self.constant, divisor)
        whole = {atom: factor // divisor for atom, factor in self.factors.items() if factor % divisor == 0}
        rest = Position({atom: factor for atom, factor in self.factors.items() if factor % divisor}, remainder)
        if rest.largest < divisor:
            return Position(whole, quotient), rest
        parts = Atom(f"({self}) / {divisor}", self.largest // divisor + 1, self, divisor), self.remainder(divisor)
        return Position({parts[0]: 1}), Position({parts[1]: 1})

    def remainder(self, divisor: int) -> Atom:
        """What is left of a division, as an atom."""
        return Atom(f"({self}) % {divisor}", divisor, self)

    @cached_property
    def joined(self) -> Position:
        """The same sum, in which divisor · quotient + remainder has become the dividend again."""
        for atom, factor in self.factors.items():
            if atom.divisor:
                assert atom.dividend
                remainder = atom.dividend.remainder(atom.divisor)
                if factor == atom.divisor * self.factors.get(remainder, 0):
                    rest = {each: self.factors[each] for each in self.factors if each not in (atom, remainder)}
                    return (Position(rest, self.constant) + atom.dividend * self.factors[remainder]).joined
        return self

    @cached_property
    def _text(self) -> str:
        joined = self.joined
        terms = [atom.text if factor == 1 else f"{factor} * ({atom.text})" for atom, factor in joined.factors.items()]
        constant = [str(joined.constant)] if joined.constant or not terms else []
        return " + ".join([*sorted(terms), *constant])

    def __str__(self) -> str:
        """The sum in C++, the same for all sums that are known to be the same number."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Position) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


Coordinates = tuple[Position, ...]
"""One for each dimension of a tensor."""


def place(coordinates: Coordinates, strides: Sequence[int], offset: int = 0) -> Position:
    """Where an element lies."""
    found = Position(constant=offset)
    for each, stride in zip(coordinates, strides, strict=True):
        found = found + each * stride
    return found


def coordinates(position: Position, shape: Sequence[int], strides: Sequence[int]) -> Coordinates:
    """Which element lies there, in a tensor that fills its memory without gaps."""
    found = [Position()] * len(shape)
    for dim in sorted((d for d, size in enumerate(shape) if size > 1), key=lambda d: -strides[d]):
        found[dim], position = divmod(position, strides[dim])
    return tuple(found)


def contiguous(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of a tensor whose last dimension runs fastest."""
    strides = [1]
    for size in reversed(shape[1:]):
        strides.insert(0, strides[0] * size)
    return tuple(strides[: len(shape)])
