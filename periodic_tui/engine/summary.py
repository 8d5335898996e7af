"""Values as the summary writes them: finite numbers or None."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from torch import Tensor

from periodic_tui.engine.snapshot import Layer


def layer_fields(layer: Layer) -> dict[str, Any]:
    """The summary's fields of a hidden layer."""
    names = ("dead", "mute", "linear", "duplicate")
    return {"units": layer.units, **{name: list(getattr(layer, name)) for name in names}}


def finite(value: float | Tensor | np.floating[Any]) -> float | None:
    """The number, or None where it is not finite."""
    number = float(value)
    return number if math.isfinite(number) else None


def scalar_or_list(values: np.ndarray[Any, Any]) -> float | list[float | None] | None:
    """A number for one value, a list for several, None for none."""
    numbers = [finite(value) for value in values]
    return None if not numbers else numbers[0] if len(numbers) == 1 else numbers
