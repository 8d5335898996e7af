"""How the learning rate goes with the steps of a life, by the names and options of torch.optim.lr_scheduler."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.numbers import Count, NonNegative, Positive
from periodic_tui.engine.components.registry import Kind, Registry

if TYPE_CHECKING:
    from torch import Tensor

Share = Annotated[float, Field(ge=0, le=1)]


class Schedule(Kind):
    """A pure function of the steps since the parameters were drawn or a remedy began."""

    def __call__(self, lr: Tensor, steps: Tensor) -> Tensor:
        """The rates after so many `steps` `[]`, float64, where they began with `lr`; 0 stays 0."""
        raise NotImplementedError


schedules: Registry[Schedule] = Registry("schedule")


@schedules.register
class Constant(Schedule):
    """The rates stay."""

    kind: Literal["none"] = "none"

    def __call__(self, lr: Tensor, steps: Tensor) -> Tensor:
        return lr


@schedules.register
class Step(Schedule):
    """Times gamma after every step_size steps (StepLR)."""

    kind: Literal["step"] = "step"
    step_size: Count
    gamma: Positive = 0.1

    def __call__(self, lr: Tensor, steps: Tensor) -> Tensor:
        return lr * (math.log(self.gamma) * (steps / self.step_size).floor()).exp().to(lr.dtype)


@schedules.register
class Cosine(Schedule):
    """Half a cosine from the rate down to eta_min in T_max steps, and up again (CosineAnnealingLR)."""

    kind: Literal["cosine"] = "cosine"
    T_max: Count
    eta_min: NonNegative = 0.0

    def __call__(self, lr: Tensor, steps: Tensor) -> Tensor:
        share = ((1 + (math.pi * steps / self.T_max).cos()) / 2).to(lr.dtype)
        return (lr * share + self.eta_min * (1 - share)).where(lr > 0, lr)


@schedules.register
class Linear(Schedule):
    """Times a factor that goes from start_factor to end_factor in total_iters steps, and stays (LinearLR)."""

    kind: Literal["linear"] = "linear"
    start_factor: Annotated[float, Field(gt=0, le=1)] = 1 / 3
    end_factor: Share = 1.0
    total_iters: Count = 5

    def __call__(self, lr: Tensor, steps: Tensor) -> Tensor:
        share = (steps / self.total_iters).clamp(max=1)
        return lr * (self.start_factor + (self.end_factor - self.start_factor) * share).to(lr.dtype)
