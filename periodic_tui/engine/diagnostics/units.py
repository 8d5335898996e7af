"""The health of hidden units on a probe.

Definitions: dead as in Lu et al. (2019, "Dying ReLU and initialization"), through |φ′| for every activation; dormant as
in Sokar et al. (2023, "The dormant neuron phenomenon in deep reinforcement learning"); duplicates by the Pearson
correlation of activations, since weights that differ can do the same.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from periodic_tui.engine.components.models import HiddenLayer
from periodic_tui.engine.diagnostics.channels import flat_channels
from periodic_tui.engine.diagnostics.subsample import part_of

FLAT = 1e-3
"""A unit does not react at a point where |φ′| is below this."""
DEAD_SHARE = 0.01
"""Dead: reacts on less than this share of the probe; linear: active on all but this share."""
MUTE = 1e-2
"""Mute: contributes less than this share of the spread of every input of the next layer."""
ALIKE = 0.98
"""Duplicate: activations correlate above this."""
DORMANT = 0.025
"""Dormant: its mean activation is at most this share of the layer's mean."""
_WIDE = 1_024
"""Units of one layer up to which they are compared on the whole probe; those of wider layers on a part of it …"""
_PART = 512
"""… of so many points; a brief reading compares only so many of them with each other."""


@dataclass(frozen=True, eq=False)
class Units:
    """One hidden layer of every replica; masks are `[replicas, units]`."""

    activity: Tensor
    """`[replicas, units]`: share of the probe on which the unit is active."""
    dead: Tensor
    mute: Tensor
    linear: Tensor
    dormancy: Tensor
    """`[replicas, units]`: E|h| over the layer's mean of it; 1 is average."""
    compared: Tensor
    """`[replicas, compared]`: the units that were compared with each other, in ascending order."""
    alike: Tensor
    """`[replicas, compared, compared]`: pairs of duplicates among them, above the diagonal."""
    channels: Tensor
    """`[replicas, compared, compared]`: those pairs whose outgoing weights cancel."""

    def one(self, replica: int) -> Units:
        """The units of one replica alone."""
        return Units(*(getattr(self, field.name)[replica : replica + 1] for field in fields(self)))


def read_units(layer: HiddenLayer, outgoing: Tensor | None, relu: bool, brief: bool = False) -> Units:
    """Health of a layer `[replicas, points, units]`; `outgoing` is `[replicas, next units, units]` or None.

    `relu` says that the activation is a ReLU, whose derivative is read off the pre-activations; for any other the graph
    from pre-activations to activations is needed. `brief`: of very wide layers only some units are compared.
    """
    active, straight = _reactions(layer, relu)
    h = layer.activations.detach().mT.contiguous()
    mean = h.mean(-1, keepdim=True)
    size = (mean if relu else h.abs().mean(-1, keepdim=True)).squeeze(-1)
    centered = h.sub_(mean) if h.data_ptr() != layer.activations.data_ptr() else h - mean
    count = h.shape[1]
    some = brief and count > _WIDE
    compared = part_of(count, _PART if some else count).to(h.device)
    covariance = _covariance(centered[:, compared] if some else centered, count > _WIDE)
    variances = covariance.diagonal(dim1=1, dim2=2) if count <= _WIDE else centered.square().mean(-1)
    dead = active < DEAD_SHARE
    alike = _alike(covariance, ~dead[:, compared])
    return Units(
        activity=active.double(),
        dead=dead,
        mute=~dead & _mute(variances, centered, outgoing),
        linear=straight > 1 - DEAD_SHARE,
        dormancy=_dormancy(size),
        compared=compared.expand(len(h), -1),
        alike=alike,
        channels=flat_channels(alike, covariance, None if outgoing is None else outgoing[..., compared]),
    )


def _reactions(layer: HiddenLayer, relu: bool) -> tuple[Tensor, Tensor]:
    """Shares of the probe, `[replicas, units]`, where |φ′| ≥ 1e-3, and where the activation passes its input on."""
    z, h = layer.pre_activations, layer.activations
    if relu:
        share = _share(z.detach() > 0)
        return share, share
    (slope,) = torch.autograd.grad(h.sum(), z, retain_graph=True)
    return _share(slope.abs() >= FLAT), _share(((z > 0) & (h == z)).detach())


def _share(mask: Tensor) -> Tensor:
    """Share of the points at which a mask `[replicas, points, units]` holds; exact, since there are few points."""
    return mask.mT.to(torch.float32, memory_format=torch.contiguous_format).mean(-1)


def _covariance(centered: Tensor, wide: bool) -> Tensor:
    """`[replicas, units, units]` of `[replicas, units, points]`; over a part of the probe for very wide layers."""
    part = centered[:, :, part_of(centered.shape[-1], _PART).to(centered.device)] if wide else centered
    return part @ part.mT / part.shape[-1]


def _dormancy(size: Tensor) -> Tensor:
    return (size / size.mean(-1, keepdim=True).clamp_min(torch.finfo(size.dtype).tiny)).double()


def _mute(variances: Tensor, centered: Tensor, outgoing: Tensor | None) -> Tensor:
    if outgoing is None:
        return torch.zeros_like(variances, dtype=torch.bool)
    spread = variances.clamp_min(0).sqrt()
    next_spread = (outgoing @ centered).square().mean(-1).sqrt()
    contribution = outgoing.abs() * spread.unsqueeze(1)
    return (contribution < MUTE * next_spread.unsqueeze(-1)).all(1)


def _alike(covariance: Tensor, live: Tensor) -> Tensor:
    spread = covariance.diagonal(dim1=1, dim2=2).clamp_min(0).sqrt()
    both_live = live.unsqueeze(1) & live.unsqueeze(2)
    product = spread.unsqueeze(1) * spread.unsqueeze(2)
    return ((covariance > ALIKE * product) & both_live & (product > 0)).triu(1)
