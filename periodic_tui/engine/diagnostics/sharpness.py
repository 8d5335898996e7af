"""Sharpness: the largest curvature of the loss. Plain gradient descent is stable only for lr < 2/sharpness."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from periodic_tui.engine.slices import Slices

_MOST = 60
"""Products of the Hessian with a vector."""
_NUMBERS = 1 << 24
"""Of the basis so many are kept; where it would be more, the process starts again from the best direction so far."""
_FEWEST = 8
_SETTLED = 1e-3
"""It ends where every residual is below this share of its value, which is then as close to an eigenvalue."""
_BETWEEN = 5
"""Products between two looks at the value."""

Product = Callable[[Tensor], Tensor]
"""Of the Hessian with a vector `[replicas, parameters]`."""


def top_curvature(loss: Callable[[Tensor], Tensor], parameters: Tensor) -> Slices[tuple[Tensor, Tensor]]:
    """Largest eigenvalue `[replicas]` of the Hessian, in float64, and its direction `[replicas, parameters]`, of
    length 1, by the Lanczos process (Lanczos, 1950) on products of the Hessian with vectors.

    `loss` maps `[replicas, parameters]` to `[replicas]`; a slice is a product; the start of the process is fixed.
    """
    leaf = parameters.detach().requires_grad_()
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(loss(leaf).sum(), leaf, create_graph=True)

    def product(direction: Tensor) -> Tensor:
        with torch.enable_grad():
            (rows,) = torch.autograd.grad((gradient * direction).sum(), leaf, retain_graph=True)
        return rows.detach()

    if not gradient.requires_grad:  # a loss without any curvature
        return torch.zeros(len(leaf), dtype=torch.float64), torch.ones_like(leaf.detach())
    value, direction = yield from _largest(product, _start(leaf.detach()))
    return value.cpu(), direction


def _start(leaf: Tensor) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(leaf.shape[-1], generator=generator, dtype=leaf.dtype).to(leaf.device).expand_as(leaf)


def _largest(product: Product, direction: Tensor) -> Slices[tuple[Tensor, Tensor]]:
    replicas, size = direction.shape
    most, done = min(size, _MOST), 0
    at_once = min(most, max(_FEWEST, _NUMBERS // (replicas * size)))
    while True:
        krylov = _Krylov(direction, min(at_once, most - done))
        yield from krylov.span(product, direction)
        value, direction, settled = krylov.top()
        done += krylov.count
        if settled or done >= most:
            return value, direction


class _Krylov:
    """The space of `count` products of the Hessian with vectors, at most so many, and the Hessian in it."""

    def __init__(self, like: Tensor, most: int) -> None:
        replicas, size = like.shape
        self._basis = like.new_zeros(replicas, most, size)
        self._matrix = like.new_zeros(replicas, most, most, dtype=torch.float64)
        self._beyond = like.new_zeros(replicas, dtype=torch.float64)
        self.count = 0

    def span(self, product: Product, start: Tensor) -> Slices[None]:
        """Fill it, from a start on, until the value has settled or it is full."""
        following, most = _unit(start), self._matrix.shape[-1]
        while self.count < most and not (self.count and self.count % _BETWEEN == 0 and self.top()[2]):
            yield
            following = self._enter(following, product(following))

    def _enter(self, direction: Tensor, rows: Tensor) -> Tensor:
        """Take in a direction `[replicas, parameters]` and its product; the next direction, or 0 where the space is
        whole already: whatever follows there counts for less than all eigenvalues."""
        index, self.count = self.count, self.count + 1
        self._basis[:, index] = direction
        basis = self._basis[:, : self.count]
        share = (direction * rows).sum(-1).double()
        spent = ~(direction != 0).any(-1)
        self._matrix[:, index, index] = share.where(~spent, -2 * self._matrix.abs().amax((1, 2)) - 1)
        left = rows
        for _ in range(2):  # once more for what rounding has left
            left = left - ((basis @ left.unsqueeze(-1)).mT @ basis).squeeze(1)
        beyond = left.norm(dim=-1)
        nothing = beyond <= 10 * torch.finfo(rows.dtype).eps * rows.norm(dim=-1)
        self._beyond = beyond.double().masked_fill(nothing, 0.0)
        if self.count < self._matrix.shape[-1]:
            self._matrix[:, index, index + 1] = self._matrix[:, index + 1, index] = self._beyond
        return _unit(left).masked_fill(nothing.unsqueeze(-1), 0.0)

    def top(self) -> tuple[Tensor, Tensor, bool]:
        """Largest Ritz value `[replicas]`, NaN where the loss is not finite, its vector `[replicas, parameters]`, and
        whether all have settled."""
        matrix = self._matrix[:, : self.count, : self.count]
        known = matrix.isfinite().all(2).all(1)
        values, vectors = torch.linalg.eigh(matrix.where(known[:, None, None], torch.eye(self.count).to(matrix)))
        value = values[:, -1].masked_fill(~known, torch.nan)
        residual = self._beyond * vectors[:, -1, -1].abs()
        direction = (vectors[:, :, -1].to(self._basis).unsqueeze(1) @ self._basis[:, : self.count]).squeeze(1)
        return value, _unit(direction), bool(((residual <= _SETTLED * value.abs()) | ~known).all())


def _unit(rows: Tensor) -> Tensor:
    return rows / rows.norm(dim=-1, keepdim=True).clamp_min(1e-30)
