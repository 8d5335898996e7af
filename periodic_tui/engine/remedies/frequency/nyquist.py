"""The frequency above which evenly spaced samples cannot tell a sine from a slower one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from periodic_tui.engine.remedies.context import RemedyContext

_FEWEST = 8
"""Points; fewer can lie evenly by chance."""
_NEARLY = 0.05
"""Root mean square distance from an even grid, as a share of its spacing: an alias keeps nine tenths of its power."""


def nyquist(x: Tensor) -> float:
    """π/Δx of points `[points]` on or nearly on a grid of spacing Δx, some of which may be missing; inf where they do
    not lie on one."""
    x = x.double().unique()
    if len(x) < _FEWEST:
        return math.inf
    gaps = x.diff()
    place = torch.cat([gaps.new_zeros(1), (gaps / gaps.median()).round().cumsum(0)])
    centered = place - place.mean()
    spacing = (centered @ x) / (centered @ centered)
    off = (x - x.mean() - spacing * centered).square().mean().sqrt()
    return math.pi / float(spacing) if off <= _NEARLY * spacing else math.inf


def limit_of(context: RemedyContext, frequency_limit: float) -> tuple[float, str]:
    """The limit, or the Nyquist frequency of a fixed data set where that is lower; and then the words that say so."""
    highest = nyquist(context.data[0][:, 0]) if context.data else math.inf
    if highest >= frequency_limit:
        return frequency_limit, ""
    return highest, f"; frequency_limit {frequency_limit:g} lowered to {highest:.4g}, the samples' Nyquist frequency"
