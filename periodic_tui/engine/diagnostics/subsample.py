"""A part of the probe, where the whole would take too long."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor


@lru_cache(maxsize=8)
def part_of(points: int, count: int) -> Tensor:
    """Indices of at most `count` points, always the same ones, drawn without order: every eighth point of a Sobol
    sequence would lie in an eighth of the domain."""
    if count >= points:
        return torch.arange(points)
    return torch.randperm(points, generator=torch.Generator().manual_seed(0))[:count].sort().values
