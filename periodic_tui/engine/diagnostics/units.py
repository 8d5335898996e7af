"""The health of hidden units on a probe.

Definitions: dead as in Lu et al. (2019, "Dying ReLU and initialization"), through |φ′| for every activation;
duplicates by the Pearson correlation of activations, since weights that differ can do the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from periodic_tui.engine.models import HiddenLayer

FLAT = 1e-3
"""A unit does not react at a point where |φ′| is below this."""
DEAD_SHARE = 0.01
"""Dead: reacts on less than this share of the probe; linear: active on all but this share."""
MUTE = 1e-2
"""Mute: contributes less than this share of the spread of every input of the next layer."""
ALIKE = 0.98
"""Duplicate: activations correlate above this."""
MAX_COMPARED = 512
"""Units of one layer that are compared pair by pair."""


@dataclass(frozen=True, eq=False)
class Units:
    """One hidden layer of every replica; masks are `[replicas, units]`."""

    activity: Tensor
    """`[replicas, units]`: share of the probe on which the unit is active."""
    dead: Tensor
    mute: Tensor
    linear: Tensor
    alike: Tensor
    """`[replicas, units, units]`: pairs of duplicates, above the diagonal; `[replicas, 0, 0]` for wide layers."""


def derivative(layer: HiddenLayer) -> Tensor:
    """φ′ at the layer's pre-activations, same shape; needs the graph from pre-activations to activations."""
    (slope,) = torch.autograd.grad(layer.activations.sum(), layer.pre_activations, retain_graph=True)
    return slope


def read_units(layer: HiddenLayer, outgoing: Tensor | None) -> Units:
    """Health of a layer `[replicas, points, units]`; `outgoing` `[replicas, next units, units]` or None."""
    activity = (derivative(layer).abs() >= FLAT).to(torch.float64).mean(1)
    h = layer.activations.detach()
    dead = activity < DEAD_SHARE
    centered = h - h.mean(1, keepdim=True)
    spread = centered.square().mean(1).sqrt()
    return Units(
        activity=activity,
        dead=dead,
        mute=~dead & _mute(spread, centered, outgoing),
        linear=_linear(layer, activity),
        alike=_alike(centered, spread, ~dead),
    )


def _linear(layer: HiddenLayer, activity: Tensor) -> Tensor:
    kinked = ((layer.pre_activations > 0) & (layer.activations == layer.pre_activations)).detach()
    return kinked.to(torch.float64).mean(1) > 1 - DEAD_SHARE


def _mute(spread: Tensor, centered: Tensor, outgoing: Tensor | None) -> Tensor:
    if outgoing is None:
        return torch.zeros_like(spread, dtype=torch.bool)
    next_spread = (centered @ outgoing.mT).square().mean(1).sqrt()
    contribution = outgoing.abs() * spread.unsqueeze(1)
    return (contribution < MUTE * next_spread.unsqueeze(-1)).all(1)


def _alike(centered: Tensor, spread: Tensor, live: Tensor) -> Tensor:
    replicas, points, units = centered.shape
    if units > MAX_COMPARED or units * units * replicas > 1 << 22:
        return live.new_zeros(replicas, 0, 0)
    unit_length = centered / (spread.unsqueeze(1) * points**0.5).clamp_min(torch.finfo(centered.dtype).tiny)
    both_live = live.unsqueeze(1) & live.unsqueeze(2)
    return ((unit_length.mT @ unit_length > ALIKE) & both_live).triu(1)
