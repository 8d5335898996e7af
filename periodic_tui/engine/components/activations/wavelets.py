"""Wavelets: waves that fade, so that a unit speaks only around one place (Zhang and Benveniste, 1992)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from periodic_tui.engine.components.activations.base import Activation, activations
from periodic_tui.engine.components.numbers import Positive

if TYPE_CHECKING:
    from torch import Tensor


@activations.register
class MexicanHat(Activation):
    """(1 − z²) · exp(−z²/2): the second derivative of a normal density, upside down (Ricker, 1953)."""

    kind: Literal["mexican-hat"] = "mexican-hat"

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        square = z.square()
        return (1 - square) * (-square / 2).exp()


@activations.register
class Morlet(Activation):
    """cos(omega_0 · z) · exp(−z²/2), the real part of Morlet's wavelet (Grossmann and Morlet, 1984)."""

    kind: Literal["morlet"] = "morlet"
    omega_0: Positive = 5.0

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return (self.omega_0 * z).cos() * (-z.square() / 2).exp()
