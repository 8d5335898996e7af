"""How much each unit of a network with one hidden layer does for the fit."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from periodic_tui.engine.remedies.base import Train, read
from periodic_tui.engine.remedies.context import RemedyContext

_POINTS = 1_024
_RIDGE = 1e-7
"""Keeps the normal equations solvable where units are dead or do the same."""


@dataclass(frozen=True, eq=False)
class Usefulness:
    """Measured on fresh samples."""

    loss: Tensor
    """`[replicas]`: mean squared error as it is."""
    loss_without: Tensor
    """`[replicas, units]`: how much it grows without a unit, the output layer refitted by least squares."""
    pull: Tensor
    """`[replicas, inputs]`: mean of residual · x, of unit length: where the fit is too low."""

    @classmethod
    def of(cls, context: RemedyContext, stage: str) -> Generator[Train, Tensor, Usefulness]:
        """Measure the only hidden layer, as a part of a course."""
        x, y = yield from read(stage, lambda: context.sample(_POINTS))
        residual = yield from read(stage, lambda: y - context.predict(x))
        hidden = yield from read(stage, lambda: context.hidden(x)[0].activations)
        whole = yield from read(stage, lambda: _least_squares(hidden, y))
        without = []
        for unit in range(hidden.shape[-1]):
            others = hidden.index_fill(-1, torch.tensor(unit, device=hidden.device), 0.0)
            without.append((yield from read(stage, partial(_least_squares, others, y))) - whole)
        pull = (residual.mean(-1, keepdim=True) * x).mean(1)
        return cls(
            loss=residual.square().mean((1, 2)),
            loss_without=torch.stack(without, -1),
            pull=pull / pull.norm(dim=-1, keepdim=True).clamp_min(torch.finfo(pull.dtype).tiny),
        )


def _least_squares(hidden: Tensor, y: Tensor) -> Tensor:
    """Mean squared error `[replicas]` of the best output layer on `hidden` `[replicas, points, units]`."""
    design = torch.cat([hidden, torch.ones_like(hidden[..., :1])], -1).double()
    gram = design.mT @ design / design.shape[1]
    ridge = _RIDGE * torch.eye(gram.shape[-1], dtype=gram.dtype, device=gram.device)
    weights = torch.linalg.solve(gram + ridge, design.mT @ y.double() / design.shape[1])
    return (design @ weights - y.double()).square().mean((1, 2))
