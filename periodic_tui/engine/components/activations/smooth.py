"""Smooth activations that do not repeat."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.activations.base import Activation, activations

if TYPE_CHECKING:
    from torch import Tensor

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@activations.register
class ELU(Activation):
    """z where it is positive, alpha · (exp(z) − 1) elsewhere (Clevert et al., 2016)."""

    kind: Literal["elu"] = "elu"
    alpha: Annotated[float, Field(gt=0)] = 1.0

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        # The clamp keeps exp finite where its branch is not taken, and so the gradient.
        return z.where(z > 0, self.alpha * z.clamp(max=0).expm1())


@activations.register
class SELU(Activation):
    """A scaled ELU whose layers keep mean 0 and variance 1 (Klambauer et al., 2017)."""

    kind: Literal["selu"] = "selu"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return SELU_SCALE * z.where(z > 0, SELU_ALPHA * z.clamp(max=0).expm1())


@activations.register
class GELU(Activation):
    """z · Φ(z), Φ the normal distribution function (Hendrycks and Gimpel, 2016)."""

    kind: Literal["gelu"] = "gelu"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return 0.5 * z * (1 + (z / math.sqrt(2)).erf())


@activations.register
class SiLU(Activation):
    """z · sigmoid(z), also called swish."""

    kind: Literal["silu"] = "silu"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z * z.sigmoid()


@activations.register
class Sigmoid(Activation):
    """1 / (1 + exp(−z))."""

    kind: Literal["sigmoid"] = "sigmoid"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z.sigmoid()


@activations.register
class Tanh(Activation):
    """tanh(z)."""

    kind: Literal["tanh"] = "tanh"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z.tanh()


@activations.register
class Softplus(Activation):
    """log(1 + exp(z))."""

    kind: Literal["softplus"] = "softplus"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z.clamp(min=0) + (-z.abs()).exp().log1p()


@activations.register
class Exponential(Activation):
    """exp(z), unbounded."""

    kind: Literal["exponential"] = "exponential"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z.exp()
