"""Elementary functions of the write-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from periodic_tui.engine.components.domain import Domain
from periodic_tui.engine.components.targets.base import Target, targets

if TYPE_CHECKING:
    from torch import Tensor


@targets.register
class Log(Target):
    """The natural logarithm."""

    kind: Literal["log"] = "log"
    own_domain = ((0.0, 1.0),)

    def conflicts(self, domain: Domain) -> dict[str, str]:
        if domain.distribution == "normal":
            return {"distribution": "ln x needs x above 0, expected uniform"}
        turned = any(factor < 0 for factor in domain.scale)
        return {
            key: f"ln x needs x above 0, got [{low:g}, {high:g}]{' times a negative domain.scale' if turned else ''}"
            for key in ("train", "test")
            for low, high in getattr(domain, key)
            if (high > 0 if turned else low < 0)
        }

    def __call__(self, x: Tensor) -> Tensor:
        return x.log()


@targets.register
class Magnitude(Target):
    """√(x² + y²)."""

    kind: Literal["magnitude"] = "magnitude"
    inputs: ClassVar[int] = 2

    def __call__(self, x: Tensor) -> Tensor:
        return x.square().sum(-1, keepdim=True).sqrt()


@targets.register
class Abs(Target):
    """|x|."""

    kind: Literal["abs"] = "abs"

    def __call__(self, x: Tensor) -> Tensor:
        return x.abs()


@targets.register
class Relu(Target):
    """max(x, 0)."""

    kind: Literal["relu"] = "relu"

    def __call__(self, x: Tensor) -> Tensor:
        return x.relu()
