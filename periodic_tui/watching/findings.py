"""What one look at a step of somebody's training finds: numbers and names, and no tensor."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from periodic_tui.engine.arrays import Floats, ReadOnly

Role = Literal["weights", "activation", "normalization", "dropout", "other"]


def _none() -> Floats:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Values(ReadOnly):
    """What a tensor of a batch holds; figures are of its finite entries, NaN where there are none."""

    shape: tuple[int, ...] = ()
    """With the batch, if it has one."""
    dtype: str = ""
    """As `float32`."""
    low: float = math.nan
    high: float = math.nan
    mean: float = math.nan
    std: float = math.nan
    """Over all entries."""
    spread: float = math.nan
    """Largest standard deviation over the batch (dimension 0) of any entry: 0 where the batch makes no difference."""
    finite: float = 1.0
    """Share of the entries that are finite."""
    column_mean: Floats = field(default_factory=_none)
    """`[columns]` of a tensor `[batch, columns]` of at most 64 columns; else empty."""
    column_std: Floats = field(default_factory=_none)
    """Likewise."""


@dataclass(frozen=True, eq=False)
class LayerLook(ReadOnly):
    """A module without children, or a functional activation, as it ran (last, where it ran several times)."""

    name: str
    """As the model calls it, `features.3`; a functional activation `fc1 → relu`."""
    kind: str
    """Class of the module (`Linear`, `ReLU`), or name of the function (`relu`)."""
    role: Role = "other"
    output: Values = Values()
    input: Values = Values()
    """The first argument: of an activation its pre-activations."""
    parameters: int = 0
    """Of its own."""
    trainable: int = 0
    """Of these, how many want a gradient."""
    held: int = 0
    """Of the trainable ones, how many an optimizer holds that has stepped."""
    active: Floats = field(default_factory=_none)
    """`[units]` of an activation: share of the batch (and of the positions, for images and sequences) at which the unit
    is active: |φ′| ≥ 1e-3, for a ReLU its pre-activation is positive. Empty where a layer has no such units."""
    ends: Floats = field(default_factory=_none)
    """`[units]` of an activation that is flat at an end on both sides (sigmoid, tanh, …): share at which |φ′| is
    below a hundredth of its largest value. Empty for others."""
    alike: tuple[tuple[int, int], ...] = ()
    """Pairs of active units whose activations correlate above 0.98; at most 64, only among the first 512 units."""
    weight: float = math.nan
    """Length of its parameters."""
    gradient: float = math.nan
    """Length of their gradients before the step; NaN where there is none at all, inf where it is not finite."""
    update: float = math.nan
    """Length of the step that was taken on them."""
    finite_weights: bool = True
    """Whether all of its parameters are finite after the step."""
    training: bool = True
    """The module's own flag."""
    probabilities: bool = False
    """Whether its output is made by softmax or sigmoid (also log_softmax)."""
    fresh: bool = False
    """Whether its weights still lie as torch draws them at first (uniform, within 1/√inputs): nobody has trained it."""
    equal: bool = False
    """Whether all of its units have the same weights, to the last bit; only of layers of several units."""
    rate: float = math.nan
    """Of a dropout: share that it drops."""


@dataclass(frozen=True, eq=False)
class LossLook:
    """What a loss was computed from: a call of one of torch's losses, or a difference of two tensors in code."""

    kind: str
    """Name of the function: `mse_loss`, `cross_entropy`, `binary_cross_entropy_with_logits`; `difference` for code."""
    prediction: Values = Values()
    target: Values = Values()
    broadcast: bool = False
    """Whether their shapes differ and were stretched to fit."""
    comes_from: str = ""
    """What made the prediction last: `softmax`, `log_softmax`, `sigmoid`, `relu`, `tanh`, `linear`, …; empty where that
    was not seen."""
    labels: bool = False
    """Whether the target is whole numbers of classes."""
    value: float = math.nan
    """Mean over the batch, whatever the script does with weights and sums: nats a sample for cross entropies (of a
    prediction of several places, a place), the squared difference for all others. NaN where shapes do not meet."""
    counts: Floats = field(default_factory=_none)
    """`[classes]`: how often each class is in the target, of at most 1,024; empty where these are no classes."""
    axis: int | None = None
    """Dimension along which a softmax has made the prediction sum to 1, where that is neither the last nor the
    channels' (1); of a prediction `[batch]` 0."""


@dataclass(frozen=True)
class OptimizerLook:
    """An optimizer that stepped."""

    kind: str
    """Class, `SGD`."""
    lr: float = math.nan
    """The largest of its groups."""
    momentum: float = 0.0
    """Of SGD, else 0."""
    weight_decay: float = 0.0
    """The largest of its groups."""
    parameters: int = 0
    """That it holds."""
    without_gradient: tuple[str, ...] = ()
    """Names of parameters that it holds and that had no gradient at the step, or one that is zero throughout."""
    cleared: bool | None = None
    """Whether gradients were cleared at any time between two steps; None where that was not seen."""
    backwards: int = 1
    """Calls of backward between two steps."""
    foreign: bool = False
    """Whether it holds none of the parameters that got a gradient."""


@dataclass(frozen=True, eq=False)
class Look:
    """One step, looked at in full."""

    step: int
    """Steps of the main optimizer, this one included."""
    seconds: float = 0.0
    """Since training began."""
    loss: float = math.nan
    """As the script computed it, without the factor of a gradient scaler."""
    batch: int = 0
    """Samples; 0 where that was not seen."""
    layers: tuple[LayerLook, ...] = ()
    """In the order in which they ran."""
    losses: tuple[LossLook, ...] = ()
    """In the order of the calls."""
    optimizers: tuple[OptimizerLook, ...] = ()
    inputs: Values = Values()
    """The first argument of the first model that ran."""
    outputs: Values = Values()
    """What the last model that ran gave."""
    models: tuple[str, ...] = ()
    """Class and number of parameters of each."""
    unheld: tuple[str, ...] = ()
    """Names of parameters that got a gradient and that no optimizer holds."""
    unseen: tuple[str, ...] = ()
    """What cannot be seen, and why, a sentence each."""
