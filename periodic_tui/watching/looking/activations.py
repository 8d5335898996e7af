"""The activations of torch, by name: where their slope is next to nothing, and which end in probabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from torch import nn

from periodic_tui.engine.arrays import Floats

ACTIVE = 1e-3
"""Least slope at which a unit counts as active."""
_END = 0.01
"""Of the largest slope: below it, a value is at an end."""
PROBABILITIES = frozenset(("softmax", "log_softmax", "sigmoid", "softmin", "gumbel_softmax", "logsigmoid"))
"""What gives probabilities, or their logarithms."""
_ENDED = frozenset(("sigmoid", "tanh", "hardtanh", "hardsigmoid", "softsign"))
"""Flat at both ends, with a largest slope of 1 but for the sigmoids."""


def _sigmoid(z: Floats) -> Floats:
    s: Floats = np.exp(-np.logaddexp(0, -z))
    return s


def _sigmoid_slope(z: Floats) -> Floats:
    s = _sigmoid(z)
    return s * (1 - s)


def _gelu_slope(z: Floats) -> Floats:
    t = np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * z**2)


def _mish_slope(z: Floats) -> Floats:
    t = np.tanh(np.logaddexp(0, z))
    slope: Floats = t + z * (1 - t**2) * _sigmoid(z)
    return slope


Slope = Callable[[Floats, Mapping[str, float]], Any]
_SLOPES: dict[str, Slope] = {
    "relu": lambda z, o: (z > 0) * 1.0,
    "relu6": lambda z, o: ((z > 0) & (z < 6)) * 1.0,
    "threshold": lambda z, o: (z > o.get("threshold", 0.0)) * 1.0,
    "hardtanh": lambda z, o: ((z > o.get("min_val", -1.0)) & (z < o.get("max_val", 1.0))) * 1.0,
    "leaky_relu": lambda z, o: np.where(z > 0, 1.0, o.get("negative_slope", 0.01)),
    "prelu": lambda z, o: np.ones_like(z),
    "rrelu": lambda z, o: np.ones_like(z),
    "elu": lambda z, o: np.where(z > 0, 1.0, o.get("alpha", 1.0) * np.exp(np.minimum(z, 0))),
    "celu": lambda z, o: np.where(z > 0, 1.0, np.exp(np.minimum(z, 0) / o.get("alpha", 1.0))),
    "selu": lambda z, o: np.where(z > 0, 1.05, 1.758 * np.exp(np.minimum(z, 0))),
    "gelu": lambda z, o: _gelu_slope(np.clip(z, -100, 100)),
    "silu": lambda z, o: _sigmoid(z) + z * _sigmoid_slope(z),
    "mish": lambda z, o: _mish_slope(z),
    "softplus": lambda z, o: _sigmoid(o.get("beta", 1.0) * z),
    "logsigmoid": lambda z, o: _sigmoid(-z),
    "sigmoid": lambda z, o: _sigmoid_slope(z),
    "tanh": lambda z, o: 1 - np.tanh(z) ** 2,
    "softsign": lambda z, o: (1 + np.abs(z)) ** -2.0,
    "hardsigmoid": lambda z, o: (np.abs(z) < 3) / 6,
    "hardswish": lambda z, o: np.where(np.abs(z) < 3, (2 * z + 3) / 6, (z >= 3) * 1.0),
    "tanhshrink": lambda z, o: np.tanh(z) ** 2,
    "softshrink": lambda z, o: (np.abs(z) > o.get("lambd", 0.5)) * 1.0,
    "hardshrink": lambda z, o: (np.abs(z) > o.get("lambd", 0.5)) * 1.0,
    "sin": lambda z, o: np.abs(np.cos(z)),
}
_MODULES: dict[type[nn.Module], str] = {
    nn.ReLU: "relu", nn.ReLU6: "relu6", nn.Threshold: "threshold", nn.Hardtanh: "hardtanh", nn.LeakyReLU: "leaky_relu",
    nn.PReLU: "prelu", nn.RReLU: "rrelu", nn.ELU: "elu", nn.CELU: "celu", nn.SELU: "selu", nn.GELU: "gelu",
    nn.SiLU: "silu", nn.Mish: "mish", nn.Softplus: "softplus", nn.LogSigmoid: "logsigmoid", nn.Sigmoid: "sigmoid",
    nn.Tanh: "tanh", nn.Softsign: "softsign", nn.Hardsigmoid: "hardsigmoid", nn.Hardswish: "hardswish",
    nn.Tanhshrink: "tanhshrink", nn.Softshrink: "softshrink", nn.Hardshrink: "hardshrink", nn.Softmax: "softmax",
    nn.LogSoftmax: "log_softmax", nn.Softmin: "softmin", nn.Softmax2d: "softmax",
}  # fmt: skip
"""Activation modules, and the functions that they are."""
_OPTIONS = ("threshold", "min_val", "max_val", "negative_slope", "alpha", "beta", "lambd")
FUNCTIONS = frozenset(_SLOPES) | PROBABILITIES


def function_of(module: nn.Module) -> str:
    """Name of the activation that a module is; empty where it is none."""
    return next((_MODULES[kind] for kind in type(module).__mro__ if kind in _MODULES), "")


def options_of(module: nn.Module) -> dict[str, float]:
    """Its options, as far as its slope depends on them."""
    return {name: getattr(module, name) for name in _OPTIONS if isinstance(getattr(module, name, None), (int, float))}


def options_in(function: str, kwargs: Mapping[str, Any]) -> dict[str, float]:
    """The same, of a call of a function."""
    return {name: kwargs[name] for name in _OPTIONS if isinstance(kwargs.get(name), (int, float))}


def active(function: str, z: Floats, options: Mapping[str, float]) -> Floats:
    """`[units]`: share of the pre-activations `[entries, units]` at which each is active; empty where the function has
    no units."""
    if function not in _SLOPES or not z.size:
        return np.empty(0)
    slopes = np.abs(_SLOPES[function](np.nan_to_num(z), options))
    return np.asarray((slopes >= ACTIVE).mean(0))


def ends(function: str, z: Floats, options: Mapping[str, float]) -> Floats:
    """`[units]`: share at which each is at an end; empty where the function is not flat at both."""
    if function not in _ENDED or not z.size:
        return np.empty(0)
    largest = {"sigmoid": 0.25, "hardsigmoid": 1 / 6}.get(function, 1.0)
    slopes = np.abs(_SLOPES[function](np.nan_to_num(z), options))
    return np.asarray((slopes < _END * largest).mean(0))
