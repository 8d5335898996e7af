"""Lengths of parameters, gradients and steps; all of a look are brought to the CPU together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from periodic_tui.watching.looking.samples import is_readable

_MOST = 1 << 16
"""Entries of a parameter whose step is measured."""


class Measured(NamedTuple):
    """Of one parameter."""

    weight: float = math.nan
    gradient: float = math.nan
    """NaN: there is none."""
    update: float = math.nan
    finite: bool = True


class Parameters:
    """Some parameters around a step: measured before it, then after it."""

    def __init__(self, parameters: Iterable[Tensor], scale: Tensor | None = None) -> None:
        """Before the step; `scale`: what gradients are multiplied by, where they are."""
        self.all = [each for each in parameters if is_readable(each)]
        self._before = [_part(each).clone() for each in self.all]
        self._scale = scale
        self._gradients: list[Tensor | None] = []
        self.see_gradients()

    def see_gradients(self, others: Mapping[int, Tensor] | None = None) -> None:
        """As they are now; `others`: those that are no fields of their parameters, by these parameters' ids."""
        gradients = [(others or {}).get(id(each), each.grad) for each in self.all]
        self._gradients = [None if each is None else _length(each) for each in gradients]

    def after(self) -> dict[int, Measured]:
        """After the step, by the parameters' ids."""
        weights = [_length(each) for each in self.all]
        steps = [_part(each) - before for each, before in zip(self.all, self._before, strict=True)]
        moved = [_length(each) for each in steps]
        lengths = numbers_of([*weights, *moved, *(each for each in self._gradients if each is not None), *self._factor])
        count = len(self.all)
        for place, each in enumerate((*self.all, *steps)):
            if not math.isfinite(lengths[place]):
                lengths[place] = _exact_length(each)
        factor = lengths.pop() if self._factor else 1.0
        gradients = iter(lengths[2 * count :])
        found: dict[int, Measured] = {}
        for place, each in enumerate(self.all):
            gradient = math.nan if self._gradients[place] is None else next(gradients) / factor
            part = math.sqrt(each.numel() / max(1, self._before[place].numel()))
            found[id(each)] = Measured(
                lengths[place], math.inf if _is_bad(self._gradients[place], gradient) else gradient,
                lengths[count + place] * part, math.isfinite(lengths[place]),
            )  # fmt: skip
        return found

    @property
    def _factor(self) -> Sequence[Tensor]:
        return [] if self._scale is None else [self._scale]


def _is_bad(there: Tensor | None, length: float) -> bool:
    return there is not None and not math.isfinite(length)


def still(parameter: Tensor) -> Measured:
    """A parameter that no optimizer has moved."""
    if not is_readable(parameter):
        return Measured()
    gradient = parameter.grad
    there = [_length(parameter)] if gradient is None else [_length(parameter), _length(gradient)]
    weight, *rest = numbers_of(there)
    length = math.nan if gradient is None else rest[0] if math.isfinite(rest[0]) else math.inf
    return Measured(weight, length, math.nan, math.isfinite(weight))


def numbers_of(tensors: Sequence[Tensor]) -> list[float]:
    """The numbers in tensors of one entry each: one wait for each device and type of them."""
    found = [0.0] * len(tensors)
    places: dict[tuple[torch.device, torch.dtype], list[int]] = {}
    for place, tensor in enumerate(tensors):
        places.setdefault((tensor.device, tensor.dtype), []).append(place)
    for (device, _), those in places.items():
        exact = torch.float32 if device.type == "mps" else torch.float64
        numbers = torch.stack([tensors[place].detach().reshape(()) for place in those]).to(exact).tolist()
        for place, number in zip(those, numbers, strict=True):
            found[place] = number
    return found


def is_cleared(parameters: Iterable[Tensor]) -> bool | None:
    """Whether none has a gradient other than zero; None where there is no parameter."""
    parameters = list(parameters)
    lengths = [_length(each.grad) for each in parameters if each.grad is not None]
    return not any(numbers_of(lengths)) if parameters else None


def _length(tensor: Tensor) -> Tensor:
    tensor = tensor.detach()
    if tensor.layout != torch.strided:
        tensor = tensor.coalesce().values() if tensor.layout == torch.sparse_coo else tensor.to_dense()
    kind = None if tensor.dtype in (torch.float32, torch.float64) or tensor.is_complex() else torch.float32
    return torch.linalg.vector_norm(tensor, dtype=kind)


def _exact_length(tensor: Tensor) -> float:
    """Where squares of the entries may be too large for their type."""
    return float(torch.linalg.vector_norm(tensor.detach().cpu().double()))


def _part(parameter: Tensor) -> Tensor:
    """An evenly taken part of its entries, in one dimension; a view, where it lies in one piece."""
    flat = parameter.detach().reshape(-1)
    stride = -(-len(flat) // _MOST)
    while stride > 1 and any(math.gcd(stride, length) > 1 for length in parameter.shape[1:]):
        stride += 1
    return flat[::stride]
