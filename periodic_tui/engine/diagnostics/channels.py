"""Duplicates seen as groups, and those among them that are a flat channel."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

CANCEL = 0.1
"""A flat channel: two duplicates whose contributions leave less than this share of their sizes."""


def flat_channels(alike: Tensor, covariance: Tensor, outgoing: Tensor | None) -> Tensor:
    """Which pairs of duplicates `[replicas, units, units]` work against each other in every unit of the next layer.

    Along such a pair the loss is all but flat while both outgoing weights grow without bound and their difference
    stands for a derivative (Martinelli et al., 2025, "Flat channels to infinity in neural loss landscapes").
    `outgoing` is `[replicas, next units, units]`.
    """
    if outgoing is None or not alike.any():
        return torch.zeros_like(alike)
    spread = covariance.diagonal(dim1=1, dim2=2).clamp_min(0).sqrt()
    share = outgoing * spread.unsqueeze(1)
    first, second = share.unsqueeze(3), share.unsqueeze(2)
    left = (first + second).abs() < CANCEL * (first.abs() + second.abs())
    return alike & left.all(1)


def groups(pairs: Iterable[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Units that are connected by pairs, each group in ascending order."""
    group_of: dict[int, set[int]] = {}
    for i, j in pairs:
        merged = group_of.get(i, {i}) | group_of.get(j, {j})
        for unit in merged:
            group_of[unit] = merged
    unique = {min(group): group for group in group_of.values()}
    return tuple(tuple(sorted(unique[least])) for least in sorted(unique))
