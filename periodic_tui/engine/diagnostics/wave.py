"""The strongest sine in a residual of one input."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from periodic_tui.engine.diagnostics.probe import part_of

_POINTS = 512
_FINEST = 2_048
"""Most frequencies, two for each cycle over the domain."""


class Wave(NamedTuple):
    """Of several replicas, `[replicas]`."""

    cycles: Tensor
    """Over the range of the input."""
    share: Tensor
    """Of the residual's variance that it explains."""


def strongest_wave(x: Tensor, residual: Tensor) -> Wave:
    """Of `residual` `[replicas, points]` over `x` `[points]`, searched up to the points' mean Nyquist frequency by
    least squares of a sine, a cosine and a constant."""
    some = part_of(len(x), _POINTS)
    place = x.cpu().double()
    place = ((place - place.min()) / (place.max() - place.min()))[some]
    left = residual.cpu().double()[:, some]
    left = left - left.mean(-1, keepdim=True)
    cycles = torch.arange(1, min(len(x) - 1, _FINEST) + 1, dtype=torch.float64) / 2
    phase = 2 * math.pi * cycles.unsqueeze(-1) * place
    explained = _explained(phase.cos(), phase.sin(), left) / left.square().sum(-1, keepdim=True).clamp_min(1e-300)
    best = explained.max(-1)
    return Wave(cycles[best.indices], best.values)


def _explained(cos: Tensor, sin: Tensor, left: Tensor) -> Tensor:
    """Sum of squares `[replicas, frequencies]` that the span of both waves, centered, takes of `left`."""
    first, second = cos - cos.mean(-1, keepdim=True), sin - sin.mean(-1, keepdim=True)
    first = first / first.norm(dim=-1, keepdim=True).clamp_min(1e-9)
    second = second - (second * first).sum(-1, keepdim=True) * first
    size = second.norm(dim=-1, keepdim=True)
    second = torch.where(size > 1e-6, second / size.clamp_min(1e-9), torch.zeros_like(second))
    return (left @ first.mT).square() + (left @ second.mT).square()
