"""Operations that are written down as several simpler ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.training.kernel.operations import name_of

_LARGEST_PRODUCT = 1 << 20
"""Multiplications of a matrix product."""
_LONGEST_SUM = 64
"""Numbers of a sum that goes on and on."""


def spelled_out(operation: Any) -> Callable[..., Any] | None:
    """What does the same as torch's operation in simpler ones; None where there are none."""
    known = _OWN.get(name_of(operation)) or torch._decomp.decomposition_table.get(operation)
    return known or (operation.decompose if operation._can_decompose() else None)


def _product(a: Tensor, b: Tensor) -> Tensor:
    if a.shape[-2] * a.shape[-1] * b.shape[-1] > _LARGEST_PRODUCT:
        raise Unavailable("the network is too large for one kernel")
    return (a.unsqueeze(-1) * b.unsqueeze(-3)).sum(-2)


def _product_and_more(more: Tensor, a: Tensor, b: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    if (beta, alpha) == (1, 1):
        return _product(a, b) + more
    return alpha * _product(a, b) + beta * more


def _sums_so_far(x: Tensor, dim: int) -> Tensor:
    if x.shape[dim] > _LONGEST_SUM:
        raise Unavailable("no kernel is written for so long a cumsum")
    return torch.stack([x.narrow(dim, 0, end).sum(dim) for end in range(1, x.shape[dim] + 1)], dim)


def _in_zeros(part: Tensor, shape: Sequence[int], dim: int, start: int) -> Tensor:
    """A part among zeros that fill the shape."""
    after = shape[dim] - start - part.shape[dim]
    zeros = [part.new_zeros([*part.shape[:dim], count, *part.shape[dim + 1 :]]) for count in (start, after)]
    return torch.cat([each for each in (zeros[0], part, zeros[1]) if each.shape[dim]], dim)


def _one_in_zeros(part: Tensor, shape: Sequence[int], dim: int, index: int) -> Tensor:
    dim, index = dim % len(shape), index % shape[dim]
    return part.unsqueeze(dim) if shape[dim] == 1 else _in_zeros(part.unsqueeze(dim), shape, dim, index)


def _slice_in_zeros(part: Tensor, shape: Sequence[int], dim: int, start: int, end: int, step: int) -> Tensor:
    if step != 1:
        raise Unavailable("no kernel is written for the gradient of every other element")
    return _in_zeros(part, shape, dim % len(shape), start % shape[dim] if start < 0 else start)


def _huber(prediction: Tensor, target: Tensor, reduction: int = 1, delta: float = 1.0) -> Tensor:
    error = (prediction - target).abs()
    each = (0.5 * error * error).where(error <= delta, delta * (error - 0.5 * delta))
    return each if reduction == 0 else each.mean() if reduction == 1 else each.sum()


def _huber_gradient(gradient: Tensor, prediction: Tensor, target: Tensor, reduction: int, delta: float) -> Tensor:
    slope = (prediction - target).clamp(-delta, delta) * gradient
    return slope / slope.numel() if reduction == 1 else slope


def _variance_and_mean(
    x: Tensor, dim: Sequence[int] | None = None, correction: float | None = 1, keepdim: bool = False
) -> tuple[Tensor, Tensor]:
    dims = list(range(x.dim())) if dim is None else list(dim)
    mean = x.mean(dims, keepdim=True)
    count = x.numel() // mean.numel() - (1 if correction is None else correction)
    squares = (x - mean) * (x - mean)
    return squares.sum(dims, keepdim=keepdim) / count, mean if keepdim else mean.squeeze(dims)


_OWN: dict[str, Callable[..., Any]] = {
    "addmm": _product_and_more,
    "baddbmm": _product_and_more,
    "bmm": _product,
    "cumsum": _sums_so_far,
    "huber_loss": _huber,
    "huber_loss_backward": _huber_gradient,
    "mm": _product,
    "select_backward": _one_in_zeros,
    "slice_backward": _slice_in_zeros,
    "var_mean": _variance_and_mean,
}
