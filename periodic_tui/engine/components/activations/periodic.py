"""Activations with a periodic part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from periodic_tui.engine.components.activations.base import Activation, activations
from periodic_tui.engine.components.numbers import Positive

if TYPE_CHECKING:
    from torch import Tensor


@activations.register
class Sine(Activation):
    """sin(omega_0 · z), as in SIREN (Sitzmann et al., 2020)."""

    kind: Literal["sine"] = "sine"
    repeats: ClassVar[bool] = True
    omega_0: Positive = 30.0

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return (self.omega_0 * z).sin()


@activations.register
class Snake(Activation):
    """z + sin²(a·z)/b (Ziyin, Hartwig, Ueda, 2020)."""

    kind: Literal["snake"] = "snake"
    repeats: ClassVar[bool] = True
    a: Positive = 1.0
    b: Positive | None = None
    """None: the same as a."""
    learn: bool = False
    """Whether each layer learns its a (and its b, where that is apart)."""

    @property
    def parameters(self) -> Mapping[str, float]:
        if not self.learn:
            return {}
        return {"a": self.a} if self.b is None else {"a": self.a, "b": self.b}

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        a = learned.get("a", self.a)
        b = learned.get("b", a if self.b is None else self.b)
        return z + (a * z).sin().square() / b


@activations.register
class LinearSine(Activation):
    """z + sin(a·z)/b (x + sin x in Ziyin, Hartwig, Ueda, 2020)."""

    kind: Literal["linear-sine"] = "linear-sine"
    repeats: ClassVar[bool] = True
    a: Positive = 1.0
    b: Positive | None = None
    """None: the same as a."""

    def __call__(self, z: Tensor, learned: Mapping[str, Tensor]) -> Tensor:
        return z + (self.a * z).sin() / (self.b or self.a)
