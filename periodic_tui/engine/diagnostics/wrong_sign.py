"""Live units whose outgoing weight has the wrong sign.

Gradient descent does not carry an outgoing weight through zero: there the unit gets no gradient, and it turns first.
So a unit keeps the sign it was born with. It is wrong where a unit of the other sign in its place would help and one of
its own sign would not: as the third ReLU of √(x² + y²), which with a negative weight can only carve into the pyramid.

The test: take the unit out and try units that point elsewhere in its place, each with the outgoing weight (and output
bias) of least squares. The sign is wrong if the best of the other sign leaves less than nine tenths of what the best of
the same sign leaves, and of the present loss. The other units stay as they are: a refit of all of them would use pairs
that are nearly alike to imitate anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from periodic_tui.engine.diagnostics.observer import Observer
from periodic_tui.engine.diagnostics.probe import part_of

BETTER = 0.9
"""The other sign must leave less than this share of the loss."""
_WIDEST = 128
"""Units of a layer up to which signs are tested."""
_POINTS = 512
"""Points of the probe on which signs are tested."""
_DIRECTIONS = 32

Activate = Callable[[Tensor], Tensor]


def wrong_signs_at(observer: Observer, parameters: Tensor) -> Tensor:
    """Mask `[replicas, units]` of the last hidden layer at `[replicas, parameters]`; `[replicas, 0]` where it cannot be
    tested: that takes one linear output, a layer that is not too wide, and an activation that learns nothing."""
    experiment = observer.step.experiment
    views = observer.step.layout.by_layer(parameters)
    outgoing = views.get("output.weight")
    own = [each for each in experiment.model.hidden_activations if experiment.model.is_chain]
    activation = own[-1] if own and not own[-1].is_foreign else None
    linear = getattr(getattr(experiment.model, "output_activation", None), "kind", "identity") == "identity"
    single = linear and experiment.target.outputs == 1 and experiment.training.loss == "mse"
    if outgoing is None or not single or outgoing.shape[-1] > _WIDEST or activation is None or activation.parameters:
        return parameters.new_empty(len(parameters), 0, dtype=torch.bool)
    probe = observer.probe.part(_POINTS)
    layers = observer.hidden(parameters, probe.x)
    x = layers[-2].activations if len(layers) > 1 else probe.x.expand(len(parameters), *probe.x.shape)
    biases = "output.bias" in views
    return wrong_signs(layers[-1].activations, x, probe.y[:, 0], outgoing[:, 0], biases, lambda z: activation(z, {}))


def wrong_signs(h: Tensor, x: Tensor, y: Tensor, outgoing: Tensor, biases: bool, act: Activate) -> Tensor:
    """Mask `[replicas, units]` of the last hidden layer.

    Args:
        h: its activations `[replicas, points, units]`.
        x: its inputs `[replicas, points, inputs]`.
        y: the target `[points]`.
        outgoing: weights `[replicas, units]` to the only output.
        biases: whether units, and the output, have a bias.
        act: the activation.
    """
    some = part_of(len(y), _POINTS).to(y.device)
    h, x, y = h[:, some].double(), x[:, some].double(), y[some].double()
    own = h * outgoing.double().unsqueeze(1)
    rest = _centered(y.unsqueeze(-1) - own.sum(-1, keepdim=True) + own, biases)
    candidates = _centered(act(_pre_activations(x, biases)), biases)
    candidates = candidates / candidates.norm(dim=1, keepdim=True).clamp_min(1e-30)
    overlap = rest.mT @ candidates
    left = rest.square().sum(1).unsqueeze(-1) - overlap.square()
    along = overlap * outgoing.double().sign().unsqueeze(-1)
    there = left.masked_fill(along >= 0, math.inf).amin(-1)
    here = left.masked_fill(along <= 0, math.inf).amin(-1)
    present = _centered(rest - own, biases).square().sum(1)
    return (outgoing != 0) & (there < BETTER * torch.minimum(here, present))


def _centered(values: Tensor, biases: bool) -> Tensor:
    return values - values.mean(1, keepdim=True) if biases else values


def _pre_activations(x: Tensor, biases: bool) -> Tensor:
    """`[replicas, points, candidates]`: evenly spread directions, with kinks at quartiles where there are biases."""
    z = _centered(x, biases) @ _directions(x.shape[-1], x)
    if not biases:
        return z
    kinks = torch.quantile(z, torch.tensor([0.25, 0.5, 0.75], dtype=z.dtype, device=z.device), dim=1)
    return (z.unsqueeze(0) - kinks.unsqueeze(2)).permute(1, 2, 0, 3).flatten(2)


def _directions(inputs: int, like: Tensor) -> Tensor:
    """`[inputs, directions]`: both in one dimension, evenly around the circle in two, else fixed random ones."""
    if inputs == 1:
        return like.new_tensor([[1.0, -1.0]])
    if inputs == 2:
        angles = torch.arange(_DIRECTIONS, dtype=like.dtype, device=like.device) * 2 * math.pi / _DIRECTIONS
        return torch.stack([angles.cos(), angles.sin()])
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(inputs, _DIRECTIONS, generator=generator, dtype=torch.float64)
    return (drawn / drawn.norm(dim=0)).to(like)
