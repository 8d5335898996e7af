"""Sharpness: the largest curvature of the loss. Plain gradient descent is stable only for lr < 2/sharpness."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

_ITERATIONS = 12


def sharpness(loss: Callable[[Tensor], Tensor], parameters: Tensor) -> Tensor:
    """Largest eigenvalue of the Hessian by magnitude, `[replicas]` in float64, by power iteration on its products.

    `loss` maps `[replicas, parameters]` to `[replicas]`; the start of the iteration is fixed.
    """
    size = parameters.shape[-1]
    with torch.enable_grad():
        leaf = parameters.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(leaf).sum(), leaf, create_graph=True)
        generator = torch.Generator().manual_seed(0)
        direction = torch.randn(size, generator=generator, dtype=leaf.dtype).to(leaf.device).expand_as(leaf)
        curvature = torch.zeros(len(leaf), dtype=torch.float64)
        for _ in range(1 if size == 1 else _ITERATIONS):
            direction = direction / direction.norm(dim=-1, keepdim=True).clamp_min(1e-30)
            (product,) = torch.autograd.grad((gradient * direction).sum(), leaf, retain_graph=True)
            curvature = (product * direction).sum(-1).detach().double().cpu()
            direction = product.detach()
    return curvature
