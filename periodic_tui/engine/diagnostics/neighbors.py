"""The part of a residual that no function of the inputs explains: nearly equal inputs, different residuals."""

from __future__ import annotations

import torch
from torch import Tensor

_NEIGHBORS = 10
_AT_ONCE = 512


class Neighbors:
    """The nearest ten others of every point, in standardized inputs."""

    def __init__(self, x: Tensor) -> None:
        """`x` `[points, inputs]`."""
        x = x.cpu().double()
        x = (x - x.mean(0)) / x.std(0, correction=0).clamp_min(1e-300)
        parts = [torch.cdist(part, x).topk(_NEIGHBORS + 1, largest=False) for part in x.split(_AT_ONCE)]
        self._index = torch.cat([part.indices for part in parts])[:, 1:]
        self._squared = torch.cat([part.values for part in parts])[:, 1:].square().mean(0)

    def noise(self, residual: Tensor) -> Tensor:
        """Variance `[replicas]` of what is noise in residuals `[replicas, points, outputs]`.

        Half the mean squared difference from the k-th neighbor, as a straight line over the mean squared distance,
        ends there at distance 0 (the Gamma test: Stefánsson, Končar and Jones, 1997).
        """
        residual = residual.cpu().double()
        halves = [(residual[:, near] - residual).square().mean((-2, -1)) / 2 for near in self._index.T]
        gamma, distance = torch.stack(halves, -1), self._squared
        spread = distance - distance.mean()
        slope = (gamma * spread).sum(-1) / spread.square().sum().clamp_min(1e-300)
        return gamma.mean(-1) - slope * distance.mean()
