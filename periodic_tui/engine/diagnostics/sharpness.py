"""Sharpness: the largest curvature of the loss. Plain gradient descent is stable only for lr < 2/sharpness."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

_MOST = 30
_SETTLED = 1e-3
"""The iteration ends when no eigenvalue changes by more than this share."""


def top_curvature(
    loss: Callable[[Tensor], Tensor], parameters: Tensor, check: Callable[[], None] = lambda: None
) -> tuple[Tensor, Tensor]:
    """Largest eigenvalue `[replicas]` of the Hessian, in float64, and its direction `[replicas, parameters]`, of
    length 1, by power iteration on products of the Hessian with vectors.

    `loss` maps `[replicas, parameters]` to `[replicas]`; `check` is called between two products; the start of the
    iteration is fixed. Where the eigenvalue of the largest size is negative, the iteration goes on with the spectrum
    moved up by it.
    """
    with torch.enable_grad():
        leaf = parameters.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(leaf).sum(), leaf, create_graph=True)

        def product(direction: Tensor) -> Tensor:
            check()
            (rows,) = torch.autograd.grad((gradient * direction).sum(), leaf, retain_graph=True)
            return rows.detach()

        if not gradient.requires_grad:  # a loss without any curvature
            return torch.zeros(len(leaf), dtype=torch.float64), torch.ones_like(leaf.detach())
        value, direction = _iterate(product, _start(leaf), leaf.new_zeros(len(leaf), 1))
        if leaf.shape[-1] > 1 and bool((value < 0).any()):
            value, direction = _iterate(product, _start(leaf), value.clamp_max(0).unsqueeze(-1).to(leaf))
    return value.cpu(), direction


def _start(leaf: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(leaf.shape[-1], generator=generator, dtype=leaf.dtype).to(leaf.device).expand_as(leaf)


def _iterate(product: Callable[[Tensor], Tensor], direction: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
    """Power iteration on H − shift, whose largest eigenvalue belongs to H's largest; Rayleigh quotients of H."""
    value = torch.full((len(direction),), torch.inf, dtype=torch.float64, device=direction.device)
    for _ in range(1 if direction.shape[-1] == 1 else _MOST):
        direction = direction / direction.norm(dim=-1, keepdim=True).clamp_min(1e-30)
        rows = product(direction)
        before, value = value, (rows * direction).sum(-1).double()
        if bool(((value - before).abs() <= _SETTLED * value.abs()).all()):
            break
        direction = rows - shift * direction
    return value, direction / direction.norm(dim=-1, keepdim=True).clamp_min(1e-30)
