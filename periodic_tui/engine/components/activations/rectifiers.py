"""Piecewise-linear activations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.activations.base import Activation, activations

if TYPE_CHECKING:
    from torch import Tensor


@activations.register
class ReLU(Activation):
    """max(z, 0)."""

    kind: Literal["relu"] = "relu"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z.relu()


@activations.register
class LeakyReLU(Activation):
    """max(z, 0) + slope · min(z, 0)."""

    kind: Literal["leaky-relu"] = "leaky-relu"
    slope: Annotated[float, Field(ge=0, le=1)] = 0.01

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z.where(z > 0, self.slope * z)


@activations.register
class PReLU(Activation):
    """A leaky ReLU that learns its slope, one a layer (He et al., 2015)."""

    kind: Literal["prelu"] = "prelu"
    slope: float = 0.25
    """At the start."""

    @property
    def parameters(self) -> Mapping[str, float]:
        return {"slope": self.slope}

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z.where(z > 0, learned["slope"] * z)


@activations.register
class Identity(Activation):
    """z: no activation at all, as in a linear layer."""

    kind: Literal["identity"] = "identity"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z
