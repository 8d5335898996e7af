"""Optimizers as element-wise updates of `[replicas, parameters]`, or through torch.optim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from periodic_tui.engine.components.models import Layout
from periodic_tui.engine.components.numbers import Fraction, NonNegative
from periodic_tui.engine.components.registry import Kind, Registry

if TYPE_CHECKING:
    from torch import Tensor

OptimizerState = dict[str, "Tensor"]
"""Name to `[replicas, parameters]` or `[replicas, 1]`; everything is zero at the start."""
Moved = tuple["Tensor", OptimizerState]
"""Parameters and state after one step."""

Betas = Annotated[tuple[Fraction, Fraction], Field(strict=False)]


class Optimizer(Kind):
    """How a gradient moves the parameters. `lr` and each option are torch.optim's."""

    lr: NonNegative = 1e-3

    @property
    def plain_gradient_descent(self) -> bool:
        """Whether the step is lr · gradient and nothing else."""
        return False

    def conflicts(self, layout: Layout) -> dict[str, str]:
        """Own key to why this optimizer cannot train a network with such parameters; empty if it can."""
        return {}


class ElementWise(Optimizer):
    """An optimizer that is a pure function: it runs on every engine."""

    def start(self, parameters: Tensor) -> OptimizerState:
        """The state before the first step, for `parameters` `[replicas, parameters]`."""
        raise NotImplementedError

    def update(self, parameters: Tensor, gradient: Tensor, state: OptimizerState, lr: Tensor) -> Moved:
        """Parameters and state after one step; `lr` broadcasts against `[replicas, parameters]`."""
        raise NotImplementedError


optimizers: Registry[Optimizer] = Registry("optimizer", default="sgd")
