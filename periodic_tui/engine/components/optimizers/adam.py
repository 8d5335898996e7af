"""Adam (Kingma and Ba, 2015) and AdamW (Loshchilov and Hutter, 2019)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from periodic_tui.engine.components.numbers import NonNegative, Positive
from periodic_tui.engine.components.optimizers.base import Betas, ElementWise, Moved, OptimizerState, optimizers

if TYPE_CHECKING:
    from torch import Tensor


class _Adam(ElementWise):
    betas: Betas = (0.9, 0.999)
    eps: Positive = 1e-8
    amsgrad: bool = False
    """Whether the step is divided by the largest mean square so far (Reddi, Kale and Kumar, 2018)."""

    def start(self, parameters: Tensor) -> OptimizerState:
        names = ("mean", "square", "largest") if self.amsgrad else ("mean", "square")
        zeros = {name: parameters.new_zeros(parameters.shape) for name in names}
        return {**zeros, "steps": parameters.new_zeros(len(parameters), 1)}

    def _adam(self, parameters: Tensor, gradient: Tensor, state: OptimizerState, lr: Tensor) -> Moved:
        beta_1, beta_2 = self.betas
        steps = state["steps"] + 1
        mean = state["mean"].lerp(gradient, 1 - beta_1)
        square = state["square"] * beta_2 + gradient * gradient * (1 - beta_2)
        largest = {"largest": state["largest"].maximum(square)} if self.amsgrad else {}
        scale = largest.get("largest", square).sqrt() / (1 - beta_2**steps).sqrt() + self.eps
        moved = parameters - lr / (1 - beta_1**steps) * mean / scale
        return moved, {"mean": mean, "square": square, **largest, "steps": steps}


@optimizers.register
class Adam(_Adam):
    """torch.optim.Adam."""

    kind: Literal["adam"] = "adam"
    weight_decay: NonNegative = 0.0

    def update(self, parameters: Tensor, gradient: Tensor, state: OptimizerState, lr: Tensor) -> Moved:
        if self.weight_decay:
            gradient = gradient + self.weight_decay * parameters
        return self._adam(parameters, gradient, state, lr)


@optimizers.register
class AdamW(_Adam):
    """torch.optim.AdamW."""

    kind: Literal["adamw"] = "adamw"
    weight_decay: NonNegative = 1e-2

    def update(self, parameters: Tensor, gradient: Tensor, state: OptimizerState, lr: Tensor) -> Moved:
        return self._adam(parameters * (1 - lr * self.weight_decay), gradient, state, lr)
