"""Where the units of the first hidden layer stand on the inputs as they are: in their live range, or at its ends."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from periodic_tui.engine.components.models import HiddenLayer
from periodic_tui.engine.diagnostics.observer import Observer
from periodic_tui.engine.diagnostics.probe import part_of

STEEPEST = {"sigmoid": 0.25, "tanh": 1.0}
"""Largest slope of the bounded activations."""
FLAT = 0.05
"""A bounded unit is at its end where its slope is below this share of the largest, …"""
MOST = 0.9
"""… and it is saturated where it is on more than this share of the probe."""
_POINTS = 512


class Saturation(NamedTuple):
    """Of bounded units; NaN for others."""

    size: Tensor
    """Rms of the first layer's pre-activations, `[replicas]`."""
    first: Tensor
    """Share of its units that are saturated, `[replicas]`, …"""
    most: Tensor
    """… and of the units of the layer that has most such units."""


def saturation(observer: Observer, parameters: Tensor) -> Saturation:
    """Of all hidden layers at `[replicas, parameters]`."""
    kinds = [each.kind for each in observer.step.experiment.model.hidden_activations]
    if not kinds or not set(kinds) <= set(STEEPEST):
        nothing = torch.full((len(parameters),), torch.nan, dtype=torch.float64)
        return Saturation(nothing, nothing, nothing)
    layers = observer.hidden(parameters, observer.probe.x[part_of(len(observer.probe.x), _POINTS)])
    shares = torch.stack([_saturated(layer, kind).double().mean(-1) for layer, kind in zip(layers, kinds, strict=True)])
    size = layers[0].pre_activations.double().square().mean((1, 2)).sqrt()
    return Saturation(size, shares[0], shares.amax(0))


def _saturated(layer: HiddenLayer, kind: str) -> Tensor:
    """Mask `[replicas, units]`."""
    h = layer.activations
    slope = h * (1 - h) if kind == "sigmoid" else 1 - h.square()
    return (slope < FLAT * STEEPEST[kind]).double().mean(1) > MOST


def kinks_inside(observer: Observer, parameters: Tensor) -> Tensor:
    """Share `[replicas]` of the first layer's units whose kink, −b/w, lies within the points of the only input; NaN
    where there are several inputs, or the activation repeats."""
    model = observer.step.experiment.model
    first = next(iter(model.hidden_activations), None)
    single = observer.step.experiment.target.inputs == 1 and model.is_chain
    if not single or first is None or first.repeats or first.kind == "identity":
        return torch.full((len(parameters),), torch.nan, dtype=torch.float64)
    views = observer.step.layout.by_layer(parameters.double())
    weight = views["hidden.0.weight"][..., 0]
    kink = -views.get("hidden.0.bias", torch.zeros_like(weight)) / weight
    x = model.first_inputs(observer.probe.x.cpu().double())
    return ((kink > x.min()) & (kink < x.max())).double().mean(-1)
