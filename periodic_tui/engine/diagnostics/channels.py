"""Duplicates seen as groups, and those among them that are a flat channel."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

CANCEL = 0.1
"""A flat channel: two duplicates whose contributions leave less than this share of their sizes."""


def flat_channels(alike: Tensor, covariance: Tensor, outgoing: Tensor | None) -> Tensor:
    """Which pairs of duplicates `[replicas, units, units]` work against each other in the next layer.

    Along such a pair the loss is all but flat while both outgoing weights grow without bound and their difference
    stands for a derivative (Martinelli et al., 2025, "Flat channels to infinity in neural loss landscapes").
    `outgoing` is `[replicas, next units, units]`.
    """
    if outgoing is None or not alike.any():
        return torch.zeros_like(alike)
    spread = covariance.diagonal(dim1=1, dim2=2).clamp_min(0).sqrt()
    share = outgoing * spread.unsqueeze(1)
    products = share.mT @ share
    square = products.diagonal(dim1=1, dim2=2)
    first, second = square.unsqueeze(2), square.unsqueeze(1)
    left = (first + second + 2 * products).clamp_min(0).sqrt()
    return alike & (left < CANCEL * (first.sqrt() + second.sqrt()))


def groups(alike: NDArray[np.bool_]) -> tuple[tuple[int, ...], ...]:
    """Units `[units, units]` that are connected by pairs, each group in ascending order."""
    near = alike | alike.T
    grouped = np.zeros(len(near), dtype=bool)
    found = []
    for unit in np.flatnonzero(near.any(axis=1)):
        if not grouped[unit]:
            group = _connected(near, unit)
            grouped |= group
            found.append(tuple(np.flatnonzero(group).tolist()))
    return tuple(found)


def _connected(near: NDArray[np.bool_], unit: np.intp) -> NDArray[np.bool_]:
    """Mask `[units]` of those that can be reached from `unit`, itself among them; only new ones are looked at again."""
    group = np.arange(len(near)) == unit
    new = near[unit] & ~group
    while new.any():
        group |= new
        new = near[new].any(axis=0) & ~group
    return group
