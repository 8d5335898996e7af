"""Smooth activations that do not repeat."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from periodic_tui.engine.components.activations.base import Activation, activations
from periodic_tui.engine.components.numbers import Positive

if TYPE_CHECKING:
    from torch import Tensor

SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


@activations.register
class ELU(Activation):
    """z where it is positive, alpha · (exp(z) − 1) elsewhere (Clevert et al., 2016)."""

    kind: Literal["elu"] = "elu"
    alpha: Positive = 1.0

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        # The clamp keeps exp finite where its branch is not taken, and so the gradient.
        return z.where(z > 0, self.alpha * z.clamp(max=0).expm1())


class Formula(Activation):
    """An activation without options."""

    formula: ClassVar[Callable[[Tensor], Tensor]]

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return type(self).formula(z)


_FORMULAS: dict[str, Callable[[Tensor], Tensor]] = {
    # A scaled ELU whose layers keep mean 0 and variance 1 (Klambauer et al., 2017).
    "selu": lambda z: SELU_SCALE * z.where(z > 0, SELU_ALPHA * z.clamp(max=0).expm1()),
    # z · Φ(z), Φ the normal distribution function (Hendrycks and Gimpel, 2016).
    "gelu": lambda z: 0.5 * z * (1 + (z / math.sqrt(2)).erf()),
    # Also called swish (Ramachandran et al., 2017).
    "silu": lambda z: z * z.sigmoid(),
    "sigmoid": lambda z: z.sigmoid(),
    "tanh": lambda z: z.tanh(),
    # log(1 + exp(z)), without overflow, and with a slope of ½ at 0.
    "softplus": lambda z: z.logaddexp(z.new_zeros(())),
    "exponential": lambda z: z.exp(),
}

for _kind, _formula in _FORMULAS.items():
    activations.define(_kind, Formula).formula = staticmethod(_formula)  # type: ignore[attr-defined]
