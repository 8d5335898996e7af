"""Sines of one variable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.domain import Interval
from periodic_tui.engine.targets.base import Target, targets

if TYPE_CHECKING:
    from torch import Tensor


@targets.register
class Sine(Target):
    """sin(frequency · x)."""

    kind: Literal["sine"] = "sine"
    frequency: Annotated[float, Field(gt=0)] = 31.0
    """Radians per unit of x."""

    @property
    def own_domain(self) -> tuple[Interval, ...]:
        return ((-1000.0, 1000.0),)

    @property
    def frequencies(self) -> tuple[float, ...]:
        return (self.frequency,)

    def __call__(self, x: Tensor) -> Tensor:
        return (x * self.frequency).sin()
