"""A digital clock: the instant in seconds in, the phases of its three digits out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar, Literal

from periodic_tui.engine.components.targets.base import Target, targets

if TYPE_CHECKING:
    from torch import Tensor

RADICES = (60, 60, 24)
"""Values of seconds, minutes and hours."""
PERIODS = (60, 3_600, 86_400)
"""Seconds after which each repeats."""
SIXTY_YEARS = 60 * 365.25 * 86_400
"""In seconds."""


@targets.register
class Clock(Target):
    """Phases 2π · digit/radix of second, minute and hour at the instant t; t = −1 is 23:59:59.

    float64 throughout: at 60 years float32 counts in steps of 128 s.
    """

    kind: Literal["clock"] = "clock"
    outputs: ClassVar[int] = 3
    own_domain = ((-SIXTY_YEARS, SIXTY_YEARS),)
    frequencies: ClassVar[tuple[float, ...]] = tuple(2 * math.pi / period for period in PERIODS)
    phases = True
    graded = True
    instants: Literal["integer", "fractional"] = "integer"
    """Whether only whole seconds are asked for."""

    def admissible(self, x: Tensor) -> Tensor:
        return x.floor() if self.instants == "integer" else x

    def digits(self, x: Tensor) -> Tensor:
        """Second, minute and hour `[..., 3]` at the instants `[..., 1]`."""
        import torch

        seconds = x.floor()
        shown = [
            (seconds / (period // radix)).floor().remainder(radix)
            for period, radix in zip(PERIODS, RADICES, strict=True)
        ]
        return torch.cat(shown, -1)

    def __call__(self, x: Tensor) -> Tensor:
        return self.digits(x) * x.new_tensor([2 * math.pi / radix for radix in RADICES])

    def decoded(self, phases: Tensor) -> Tensor:
        """Digits `[..., 3]` of phases `[..., 3]`: the nearest one each."""
        radices = phases.new_tensor(RADICES)
        return (phases * radices / (2 * math.pi)).round().remainder(radices)

    def right(self, x: Tensor, prediction: Tensor) -> Tensor:
        return (self.decoded(prediction) == self.digits(x)).all(-1)
