"""Piecewise-linear activations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from periodic_tui.engine.activations.base import Activation, activations

if TYPE_CHECKING:
    from torch import Tensor


@activations.register
class ReLU(Activation):
    """max(z, 0)."""

    kind: Literal["relu"] = "relu"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z.relu()
