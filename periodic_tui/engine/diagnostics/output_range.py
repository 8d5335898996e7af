"""What the last activation can give."""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import Tensor

from periodic_tui.engine.components.models import Model

_SELU_LEAST = -1.7580993408473766
_RANGES = {
    "relu": (0.0, math.inf),
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "softplus": (0.0, math.inf),
    "exponential": (0.0, math.inf),
    "selu": (_SELU_LEAST, math.inf),
    "gelu": (-0.16997120747990369, math.inf),
    "silu": (-0.27846454276107379, math.inf),
    "sine": (-1.0, 1.0),
    "mexican-hat": (-0.44626032029685964, 1.0),
}


class OutputRange(NamedTuple):
    """The least and the largest output, and what that costs."""

    activation: str
    low: float
    high: float
    outside: float
    """Share of the targets that lie beyond."""
    floor: float
    """Mean squared error that is left at best."""


def output_range(model: Model, y: Tensor) -> OutputRange | None:
    """Of targets `y` `[points, outputs]`; None where the outputs have no limit."""
    kind, own = model.last_activation, getattr(model, "output_activation", None)
    last = own if getattr(model, "output_layer", True) else model.hidden_activations[-1]
    low, high = (-getattr(last, "alpha", 1.0), math.inf) if kind == "elu" else _RANGES.get(kind, (0, 0))
    if low == high:
        return None
    ends = [y.new_full(y.shape[-1:], end) for end in (low, high)]
    least, most = (model.column_units.outputs(end) if model.column_units else end for end in ends)
    beyond = (least - y).clamp_min(0) + (y - most).clamp_min(0)
    outside, floor = float((beyond > 0).double().mean()), float(beyond.square().mean())
    return OutputRange(kind, float(least.min()), float(most.max()), outside, floor)
