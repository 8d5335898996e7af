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
_AT_ONCE = 128
"""Frequencies whose waves fit into the processor's cache."""


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
    left = (left / left.norm(dim=-1, keepdim=True).clamp_min(1e-300)).float()
    cycles = torch.arange(1, min(len(x) - 1, _FINEST) + 1, dtype=torch.float64) / 2
    explained = torch.cat([_explained(some_cycles, place, left) for some_cycles in cycles.split(_AT_ONCE)], -1)
    best = explained.max(-1)
    return Wave(cycles[best.indices], best.values)


def _explained(cycles: Tensor, place: Tensor, left: Tensor) -> Tensor:
    """Share `[replicas, frequencies]` that the span of both waves, centered, takes of `left`, of length 1. The phases
    are exact, the waves in single precision."""
    phase = (2 * math.pi * (cycles.unsqueeze(-1) * place).frac()).float()
    first, second = (wave - wave.mean(-1, keepdim=True) for wave in (phase.cos(), phase.sin()))
    first = first / first.norm(dim=-1, keepdim=True).clamp_min(1e-4)
    second = second - (second * first).sum(-1, keepdim=True) * first
    size = second.norm(dim=-1, keepdim=True)
    second = torch.where(size > 1e-3, second / size.clamp_min(1e-4), torch.zeros_like(second))
    return ((left @ first.mT).square() + (left @ second.mT).square()).double()
