"""What one more hidden unit would bring: fitted to the residual on one half of the probe, measured on the other."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from periodic_tui.engine.components.activations import Activation
from periodic_tui.engine.diagnostics.probe import Probe, part_of

_POINTS = 1_024
_DIRECTIONS = 32
_KINKS = 9
"""Places of each direction's kink, at quantiles of the points."""
_STEEPNESS = (1.0, 3.0)
"""Standard deviations of a candidate's pre-activations."""


class Gain(NamedTuple):
    """Share of the residual's variance that the best unit takes, `[replicas]`."""

    anywhere: Tensor
    """Where it may have a bias."""
    through_origin: Tensor
    """Where it has none."""


class OneMoreUnit:
    """Candidates for a unit on the inputs, the same for every replica."""

    def __init__(self, probe: Probe, act: Activation) -> None:
        some = part_of(len(probe.x), _POINTS)
        some = some[torch.randperm(len(some), generator=torch.Generator().manual_seed(1))]
        self._some = some
        x = probe.x.cpu().double()[some]
        placed, origin = _pre_activations(x)
        learned = {name: torch.tensor(value, dtype=torch.float64) for name, value in act.parameters.items()}
        self._anywhere, self._through_origin = act(placed, learned), act(origin, learned)

    def gain(self, residual: Tensor) -> Gain:
        """Of residuals `[replicas, points, outputs]` on the whole probe; the mean over outputs."""
        left = residual.cpu().double()[:, self._some].movedim(-1, 1)
        return Gain(_gain(self._anywhere, left), _gain(self._through_origin, left))


def _gain(candidates: Tensor, left: Tensor) -> Tensor:
    """Of `candidates` `[points, candidates]` on residuals `[replicas, outputs, points]`."""
    half = left.shape[-1] // 2
    fitted, measured = left[..., :half], left[..., half:]
    basis, other = candidates[:half], candidates[half:]
    middle, mean = basis.mean(0), fitted.mean(-1, keepdim=True)
    basis = basis - middle
    size = basis.square().sum(0)
    usable = size > 1e-12 * half
    overlap = (fitted - mean) @ basis
    taken = torch.where(usable, overlap.square() / size.clamp_min(1e-300), torch.zeros_like(overlap)).sum(-2)
    best = taken.argmax(-1)
    weight = (overlap / size.clamp_min(1e-300)).gather(-1, best[:, None, None].expand(-1, left.shape[1], 1))
    unit = (other - middle)[:, best].mT.unsqueeze(1)
    after = (measured - mean - weight * unit).square().mean((-2, -1))
    before = (measured - mean).square().mean((-2, -1))
    return 1 - after / before.clamp_min(1e-300)


def _pre_activations(x: Tensor) -> tuple[Tensor, Tensor]:
    """`[points, candidates]` with kinks within the points, and the same through the origin."""
    slopes = torch.tensor(_STEEPNESS, dtype=x.dtype)
    directions = _directions(x.shape[-1])
    spread = x.std(0, correction=0).clamp_min(1e-300)
    z = ((x - x.mean(0)) / spread) @ directions
    z = z / z.std(0, correction=0).clamp_min(1e-300)
    kinks = torch.quantile(z, torch.linspace(0.1, 0.9, _KINKS, dtype=x.dtype), dim=0)
    placed = (z.unsqueeze(1) - kinks).flatten(1)
    through = x @ (directions / spread.unsqueeze(-1))
    through = through / through.square().mean(0).sqrt().clamp_min(1e-300)
    steepened = [torch.cat([slope * values for slope in slopes], 1) for values in (placed, through)]
    return steepened[0], steepened[1]


def _directions(inputs: int) -> Tensor:
    """`[inputs, directions]`: both ways in one dimension, evenly around the circle in two, else random and along each
    axis."""
    if inputs == 1:
        return torch.tensor([[1.0, -1.0]], dtype=torch.float64)
    if inputs == 2:
        angles = torch.arange(_DIRECTIONS, dtype=torch.float64) * 2 * math.pi / _DIRECTIONS
        return torch.stack([angles.cos(), angles.sin()])
    drawn = torch.randn(inputs, _DIRECTIONS, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    axes = torch.eye(inputs, dtype=torch.float64)[:, :_DIRECTIONS]
    return torch.cat([drawn / drawn.norm(dim=0), axes, -axes], 1)
