"""Which dead ReLU units no point of the domain can revive: interval arithmetic from the inputs up."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.experiment import Experiment

Box = tuple[Tensor, Tensor]
"""Least and largest value of each coordinate, `[replicas, coordinates]` in float64."""


def domain_box(experiment: Experiment) -> tuple[Tensor, Tensor] | None:
    """Ends of the training domain in each input dimension, `[inputs]`; None where it is not bounded."""
    domain, inputs = experiment.domain, experiment.target.inputs
    if domain.distribution != "uniform" or not domain.train:
        return None
    scale = torch.tensor(domain.scale or (1.0,) * inputs, dtype=torch.float64)
    low, high = domain.train[0][0] * scale, domain.train[-1][1] * scale
    return torch.minimum(low, high), torch.maximum(low, high)


def never_active(experiment: Experiment, views: Mapping[str, Tensor]) -> list[Tensor]:
    """For each hidden layer the units `[replicas, units]` whose pre-activation is negative on the whole domain.

    In the first layer the bound is the exact maximum over the box; above it the units of a layer are taken to vary
    independently of each other, so that what is certified is true, and more may be true than is certified. Empty for
    unbounded domains and activations other than the ReLU.
    """
    model, box = experiment.model, domain_box(experiment)
    if box is None or not isinstance(model, MLP) or any(each.kind != "relu" for each in model.hidden_activations):
        return []
    found = []
    device = next(iter(views.values())).device
    low, high = (model.first_inputs(end.unsqueeze(0)).to(device) for end in box)
    for index in range(len(model.hidden)):
        weight, bias = views[f"hidden.{index}.weight"].detach(), views.get(f"hidden.{index}.bias")
        least, most, rounding = _affine_bounds((low, high), weight, None if bias is None else bias.detach())
        found.append(most + rounding < 0)
        # Dropout scales what it keeps, and takes out the rest.
        low, high = least.clamp_min(0), (most + rounding).clamp_min(0) / (1 - model.dropout)
        low = torch.zeros_like(low) if model.dropout else low
    return found


def _affine_bounds(box: Box, weight: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
    """Bounds `[replicas, units]` of w · x + b over a box, and how far rounding can carry the network's own product."""
    low, high = (end.unsqueeze(1) for end in box)
    w = weight.double()
    offset = w.new_zeros(()) if bias is None else bias.double()
    least = (w.clamp_min(0) * low + w.clamp_max(0) * high).sum(-1) + offset
    most = (w.clamp_min(0) * high + w.clamp_max(0) * low).sum(-1) + offset
    size = (w.abs() * torch.maximum(low.abs(), high.abs())).sum(-1) + offset.abs()
    return least, most, w.shape[-1] * torch.finfo(weight.dtype).eps * size
