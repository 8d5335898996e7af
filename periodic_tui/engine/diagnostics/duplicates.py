"""Duplicate units, by the Pearson correlation of their activations, since weights that differ can do the same."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from periodic_tui.engine.diagnostics.probe import part_of

ALIKE = 0.98
"""Duplicates: their activations correlate above this."""
WIDE = 1_024
"""Units of a layer up to which they are compared on the whole probe."""
PART = 512
"""Points on which the units of wider layers are compared; also the units that a brief reading compares."""


def covariance(centered: Tensor, wide: bool) -> Tensor:
    """`[replicas, units, units]` of `[replicas, units, points]`; over a part of the probe for very wide layers."""
    part = centered[:, :, part_of(centered.shape[-1], PART).to(centered.device)] if wide else centered
    return part @ part.mT / part.shape[-1]


def duplicates(covariance: Tensor, live: Tensor) -> Tensor:
    """Pairs of live units `[replicas, units, units]` that do the same, above the diagonal."""
    spread = covariance.diagonal(dim1=1, dim2=2).clamp_min(0).sqrt()
    both_live = live.unsqueeze(1) & live.unsqueeze(2)
    product = spread.unsqueeze(1) * spread.unsqueeze(2)
    return ((covariance > ALIKE * product) & both_live & (product > 0)).triu(1)


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
