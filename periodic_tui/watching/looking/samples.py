"""Taking little of a tensor, the same evenly spread part every time, and saying what it holds."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.parameter import is_lazy

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.watching.findings import Values

MOST = 1 << 15
"""Entries that are taken of a tensor."""
_MOST_UNITS, _ROWS, _FEWEST_ROWS = 4096, 128, 8
_MOST_COLUMNS = 64
_EMPTY: Floats = np.empty(0)
_MOST_READ = 1 << 24
"""Entries of which the least and the largest are found; of a larger tensor only the part that is taken is read."""


class Sample:
    """A part of a tensor, as it is now: later changes of the tensor do not show."""

    def __init__(self, tensor: Tensor, axis: int = -1) -> None:
        """`axis` is the dimension of the units: it is thinned out last."""
        self.shape, self.dtype = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")
        self.axis = axis % tensor.ndim if tensor.ndim else 0
        self._part: Tensor | None = None
        self._ends: tuple[Tensor, Tensor] | None = None
        self._array: Floats | None = None
        if is_readable(tensor):
            plain = tensor.detach().as_subclass(Tensor)
            self._part = _thinned(plain, self.axis).clone()
            if MOST < plain.numel() <= _MOST_READ and plain.is_floating_point():
                self._ends = torch.aminmax(plain)

    @property
    def array(self) -> Floats:
        """The part, as float64 on the CPU; empty where the tensor holds nothing that can be read."""
        if self._array is None:
            part = self._part
            self._array = np.empty(0) if part is None else _float64(part)
            self._part = None
        return self._array

    @cached_property
    def values(self) -> Values:
        """Its figures."""
        whole = self.array
        if not whole.size:
            return Values(self.shape, self.dtype)
        finite = np.isfinite(whole)
        all_finite = bool(finite.all())
        known = whole if all_finite else whole[finite]
        share = 1.0 if all_finite else float(finite.mean())
        low, high = self._least_and_largest(known)
        if not math.isfinite(low + high) and known.size == whole.size:
            share = 1 - 1 / math.prod(self.shape)
        if not known.size:
            return Values(self.shape, self.dtype, finite=share)
        mean, std = _moments(whole, finite, all_finite) if whole.ndim else (whole, np.zeros(()))
        low, high = (low, high) if math.isfinite(low + high) else (float(known.min()), float(known.max()))
        columns = (mean, std) if len(self.shape) == 2 and self.shape[1] <= _MOST_COLUMNS else (_EMPTY, _EMPTY)
        spread = float(np.nanmax(std)) if len(self.shape) and len(whole) > 1 else math.nan
        return Values(
            self.shape, self.dtype, low, high, float(known.mean()), float(known.std()), spread, share, *columns
        )

    def _least_and_largest(self, known: Floats) -> tuple[float, float]:
        """Of the whole tensor, where that was read; else of what is known."""
        if self._ends:
            return float(self._ends[0]), float(self._ends[1])
        return (float(known.min()), float(known.max())) if known.size else (math.nan, math.nan)

    def by_unit(self) -> Floats:
        """`[entries, units]`: over batch and positions."""
        if not self.array.ndim:
            return self.array.reshape(1, 1)
        return np.moveaxis(self.array, self.axis, -1).reshape(-1, self.array.shape[self.axis])


def is_readable(tensor: Tensor) -> bool:
    """Whether it is an ordinary tensor that holds numbers: no sparse, quantized, nested or meta one, none of a
    transform or of a class that computes in its own way."""
    return (
        not is_lazy(tensor)
        and tensor.layout == torch.strided
        and not (tensor.is_meta or tensor.is_quantized or tensor.is_nested)
        and not torch._C._functorch.is_functorch_wrapped_tensor(tensor)
        and type(tensor).__torch_dispatch__ is torch._C._disabled_torch_dispatch_impl
    )


def _thinned(tensor: Tensor, axis: int) -> Tensor:
    """Every so many entries along each dimension, so that few are left."""
    if tensor.numel() <= MOST:
        return tensor
    steps = (-(-length // kept) for length, kept in zip(tensor.shape, _kept(tensor.shape, axis), strict=True))
    return tensor[tuple(slice(step // 2, None, step) for step in steps)]


def _kept(shape: tuple[int, ...], axis: int) -> list[int]:
    """How many are taken along each dimension: as many units as can be, then of the batch, then of the positions."""
    units = min(shape[axis], _MOST_UNITS)
    room = max(1, MOST // units)
    rows = 1 if axis == 0 else min(shape[0], max(_FEWEST_ROWS, min(_ROWS, room)))
    positions = [each for each in range(1, len(shape)) if each != axis]
    there = math.prod(shape[each] for each in positions)
    if axis != 0:
        rows = min(shape[0], max(rows, room // max(1, there)))
    part = min(1.0, max(1, room // rows) / there) ** (1 / max(1, len(positions)))
    kept = [max(1, int(length * part)) for length in shape]
    kept[0] = rows
    kept[axis] = units
    return kept


def _float64(part: Tensor) -> Floats:
    if part.is_complex():
        part = part.abs()
    array: Floats = part.to("cpu", torch.float64).numpy()
    return array


def _moments(whole: Floats, finite: Mask, all_finite: bool) -> tuple[Floats, Floats]:
    """Mean and standard deviation over dimension 0, of what is finite; NaN where nothing is."""
    if all_finite:
        mean = whole.mean(0)
        return mean, np.sqrt(((whole - mean) ** 2).mean(0))
    counts = finite.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(finite, whole, 0.0).sum(0) / counts
        return mean, np.sqrt((np.where(finite, whole - mean, 0.0) ** 2).sum(0) / counts)


def first_tensor(value: Any, depth: int = 3) -> Tensor | None:
    """The first tensor of what a module takes or gives: itself, or in tuples, lists and tables."""
    if isinstance(value, Tensor):
        return value
    if depth and isinstance(value, dict):
        value = list(value.values())
    if depth and isinstance(value, (tuple, list)):
        found = (first_tensor(each, depth - 1) for each in value[:64])
        return next((each for each in found if each is not None), None)
    return None
