"""Counter-based random numbers: every draw is a pure function of (seed, use, step, index).

Integers are hashed with the finalizer of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014), in element-wise integer arithmetic: the same numbers on every engine and device, whatever
the chunk length or the number of replicas, and no generator state to keep.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_GOLDEN = -0x61C8864680B583EB
_MULTIPLIER_1 = -0x40A7B892E31B1A47
_MULTIPLIER_2 = -0x6B2FB644ECCEEE15


class Use(IntEnum):
    """What a stream of random numbers is for; streams never overlap."""

    INITIAL = 1
    BATCH = 2
    NOISE = 3
    DROPOUT = 4
    DATA = 5
    DATA_NOISE = 6
    PROBE = 7
    REMEDY = 8
    HELD_OUT = 9


def _shift(z: Tensor, bits: int) -> Tensor:
    return (z >> bits) & ((1 << (64 - bits)) - 1)


def _mix(z: Tensor) -> Tensor:
    z = (z ^ _shift(z, 30)) * _MULTIPLIER_1
    z = (z ^ _shift(z, 27)) * _MULTIPLIER_2
    return z ^ _shift(z, 31)


@dataclass(frozen=True, eq=False)
class Stream:
    """A stream of random numbers for each element of `key` (usually one a replica)."""

    key: Tensor
    """int64, any shape."""
    counter: Tensor
    """`arange(n)`, int64, for draws of at most n numbers. A compiled step gets it as an input: inductor would fold
    the hash of an `arange` made inside into an index expression and overflow."""

    @classmethod
    def of(cls, seeds: Tensor, use: Use, counter: Tensor) -> Stream:
        """The stream of one use for each seed."""
        return cls(seeds, counter).fold(0).fold(int(use))

    def fold(self, value: Tensor | int) -> Stream:
        """The stream's child of that number (a use, a step, a layer); shapes broadcast."""
        return Stream(_mix(self.key * _GOLDEN + value), self.counter)

    def uniform(self, count: int, dtype: torch.dtype) -> Tensor:
        """`[*key.shape, count]` draws in (0, 1]: never 0, so that their logarithm is finite."""
        hashed = _mix(self.key.unsqueeze(-1) + self.counter[:count] * _GOLDEN)
        digits = 24 if dtype.itemsize == 4 else 53
        return 1 - _shift(hashed, 64 - digits).to(dtype) * 2.0**-digits

    def normal(self, count: int, dtype: torch.dtype) -> Tensor:
        """`[*key.shape, count]` standard normal draws (Box and Muller, 1958)."""
        draws = self.uniform(2 * count, dtype)
        radius = (-2 * draws[..., :count].log()).sqrt()
        return radius * (2 * math.pi * draws[..., count:]).cos()


IN_STEPS = (Use.BATCH, Use.NOISE, Use.DROPOUT)
"""What a training step draws numbers for."""


@dataclass(frozen=True, eq=False)
class Streams:
    """The streams that the steps of a run draw from. Their keys are the same in every step, and made once."""

    keys: Tensor
    """`[replicas, uses]`, int64, one for each of `IN_STEPS`."""
    counter: Tensor

    @classmethod
    def of(cls, seeds: Tensor, counter: Tensor) -> Streams:
        """The streams for each seed."""
        uses = seeds.new_tensor(IN_STEPS)
        return cls(Stream(seeds.unsqueeze(-1), counter).fold(0).fold(uses).key, counter)

    def __getitem__(self, use: Use) -> Stream:
        return Stream(self.keys[..., IN_STEPS.index(use)], self.counter)

    def part(self, replicas: slice) -> Streams:
        """The streams of some replicas."""
        return Streams(self.keys[replicas], self.counter)


class KeptStreams:
    """Streams that are made anew for other seeds only."""

    def __init__(self, counter: Tensor) -> None:
        self.counter = counter
        self._seeds: Tensor | None = None

    def of(self, seeds: Tensor) -> Streams:
        """The streams for each seed; `seeds` is a tensor that nobody writes to."""
        if seeds is not self._seeds:
            self._seeds, self._streams = seeds, Streams.of(seeds, self.counter)
        return self._streams


ROUNDS = 48
"""In which an item is swapped with its partner or not: 4 log₂ of 4,096, and then it is nearly uniform."""


def shuffled(place: Tensor, size: Tensor, key: Tensor) -> Tensor:
    """What stands at each `place` of `0 … size − 1` in the order that `key` says (Hoang, Morris, Rogaway, "An
    enciphering scheme based on a card shuffle", CRYPTO 2012): element by element, without ever holding the order.
    int64 tensors whose shapes broadcast."""
    for number in range(ROUNDS):
        turn = _mix(key * _GOLDEN + number)
        partner = (_shift(turn, 1) - place).remainder(size)
        coin = _mix(turn + place.maximum(partner) * _GOLDEN) & 1
        place = partner.where(coin == 1, place)
    return place


def counter_for(count: int, device: torch.device | str = "cpu") -> Tensor:
    """A counter long enough for draws of `count` numbers."""
    import torch

    return torch.arange(count, dtype=torch.int64, device=device)
