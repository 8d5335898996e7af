"""The health of hidden units on a probe.

A unit is dead as in Lu et al. (2019, "Dying ReLU and initialization"), through |φ′| for every activation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from periodic_tui.engine.components.models import HiddenLayer
from periodic_tui.engine.diagnostics.duplicates import PART, WIDE, covariance, duplicates
from periodic_tui.engine.diagnostics.probe import part_of

FLAT = 1e-3
"""A unit does not react at a point where |φ′| is below this."""
DEAD_SHARE = 0.01
"""Dead: reacts on less than this share of the probe; linear: active on all but this share."""
MUTE = 1e-2
"""Mute: contributes less than this share of the spread of every input of the next layer."""


@dataclass(frozen=True, eq=False)
class Units:
    """One hidden layer of every replica; masks are `[replicas, units]`."""

    activity: Tensor
    """`[replicas, units]`: share of the probe on which the unit is active."""
    dead: Tensor
    mute: Tensor
    linear: Tensor
    compared: Tensor
    """`[replicas, compared]`: the units that were compared with each other, in ascending order."""
    alike: Tensor
    """`[replicas, compared, compared]`: pairs of duplicates among them, above the diagonal."""

    def on_cpu(self) -> Units:
        """The same on the CPU."""
        return Units(*(getattr(self, field.name).cpu() for field in fields(self)))

    def one(self, replica: int) -> Units:
        """The units of one replica alone."""
        return Units(*(getattr(self, field.name)[replica : replica + 1] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Units]) -> Units:
        """The units of all replicas of several."""
        return cls(*(torch.cat([getattr(part, field.name) for part in parts]) for field in fields(cls)))


def read_units(layer: HiddenLayer, outgoing: Tensor | None, relu: bool, brief: bool = False) -> Units:
    """Health of a layer `[replicas, points, units]`; `outgoing` is `[replicas, next units, units]` or None.

    `relu` says that the activation is a ReLU, whose derivative is read off the pre-activations; for any other its
    slopes or the graph from pre-activations to activations are needed. `brief`: of very wide layers only some units
    are compared.
    """
    active, straight = reactions(layer, relu)
    h = layer.activations.detach().mT.contiguous()
    mean = h.mean(-1, keepdim=True)
    centered = h.sub_(mean) if h.data_ptr() != layer.activations.data_ptr() else h - mean
    count = h.shape[1]
    some = brief and count > WIDE
    compared = part_of(count, PART if some else count).to(h.device)
    products = covariance(centered[:, compared] if some else centered, count > WIDE)
    variances = products.diagonal(dim1=1, dim2=2) if count <= WIDE else centered.square().mean(-1)
    dead = active < DEAD_SHARE
    return Units(
        activity=active.double(),
        dead=dead,
        mute=~dead & _mute(variances, centered, outgoing),
        linear=straight > 1 - DEAD_SHARE,
        compared=compared.expand(len(h), -1),
        alike=duplicates(products, ~dead[:, compared]),
    )


def reactions(layer: HiddenLayer, relu: bool) -> tuple[Tensor, Tensor]:
    """Shares of the probe, `[replicas, units]`, where |φ′| ≥ 1e-3, and where the activation passes its input on."""
    z, h = layer.pre_activations, layer.activations
    if relu:
        share = _share(z.detach() > 0)
        return share, share
    slope = layer.slopes
    if slope is None:
        (slope,) = torch.autograd.grad(h.sum(), z, retain_graph=True)
    return _share(slope.abs() >= FLAT), _share(((z > 0) & (h == z)).detach())


def _share(mask: Tensor) -> Tensor:
    """Share of the points at which a mask `[replicas, points, units]` holds; exact, since there are few points."""
    return mask.mT.to(torch.float32, memory_format=torch.contiguous_format).mean(-1)


def _mute(variances: Tensor, centered: Tensor, outgoing: Tensor | None) -> Tensor:
    if outgoing is None:
        return torch.zeros_like(variances, dtype=torch.bool)
    spread = variances.clamp_min(0).sqrt()
    next_spread = (outgoing @ centered).square().mean(-1).sqrt()
    contribution = outgoing.abs() * spread.unsqueeze(1)
    return (contribution < MUTE * next_spread.unsqueeze(-1)).all(1)
