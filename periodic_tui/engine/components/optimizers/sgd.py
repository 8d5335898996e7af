"""Gradient descent, with momentum if wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from periodic_tui.engine.components.numbers import Fraction, NonNegative
from periodic_tui.engine.components.optimizers.base import ElementWise, Moved, OptimizerState, optimizers

if TYPE_CHECKING:
    from torch import Tensor


@optimizers.register
class SGD(ElementWise):
    """torch.optim.SGD."""

    kind: Literal["sgd"] = "sgd"
    momentum: Fraction = 0.0
    dampening: Fraction = 0.0
    weight_decay: NonNegative = 0.0
    nesterov: bool = False

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> Self:
        if self.nesterov and (not self.momentum or self.dampening):
            raise ValueError("nesterov = true expects momentum above 0 and dampening = 0")
        return self

    @property
    def plain_gradient_descent(self) -> bool:
        return not self.momentum and not self.weight_decay

    def start(self, parameters: Tensor) -> OptimizerState:
        if not self.momentum:
            return {}
        return {"velocity": parameters.new_zeros(parameters.shape), "steps": parameters.new_zeros(len(parameters), 1)}

    def update(self, parameters: Tensor, gradient: Tensor, state: OptimizerState, lr: Tensor) -> Moved:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * parameters
        if not self.momentum:
            return parameters - lr * gradient, {}
        # torch starts the velocity at the first gradient, undampened.
        weight = gradient.new_tensor(1.0).where(state["steps"] == 0, gradient.new_tensor(1 - self.dampening))
        velocity = self.momentum * state["velocity"] + weight * gradient
        direction = gradient + self.momentum * velocity if self.nesterov else velocity
        return parameters - lr * direction, {"velocity": velocity, "steps": state["steps"] + 1}
