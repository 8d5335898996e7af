"""Learning rates at which a frequency stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

MOST_CURVATURE = 2 / 3
"""Largest curvature of the loss of sin(ωx) in ω, in units of the squared half-width."""


def stable_rate(half_width: Tensor) -> Tensor:
    """Half of 1/curvature: the step goes half of the way to the bottom of the steepest basin there can be."""
    return 0.5 / (MOST_CURVATURE * half_width.square())


def patience_under(noise: Tensor, power: Tensor) -> Tensor:
    """By what the rate is divided under noise, so that it averages enough batches to keep the frequency."""
    return 1 + 200 * noise.square() / power.clamp_min(1e-12)
