"""Solve the output layer in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periodic_tui.engine.remedies.base import Course, Remedy, read, register
from periodic_tui.engine.remedies.context import RemedyContext, Setting

if TYPE_CHECKING:
    from torch import Tensor

_MOST = 4_096
_HELPED = 0.99
"""Share of the loss below which that has to come."""


@register
class SolveOutput(Remedy):
    """The weights of a linear output layer that leave the least squared error, from what the layers before it give now.
    Of a linear model that is the best line, which gradients reach in λ_max/λ_min steps only.
    """

    name = "solve-output"
    what = "solves the linear output layer by least squares, and trains on from there"
    prior = "a squared error is what counts, and the layers before have something to tell"
    verdicts = ("ill-conditioned", "learning")

    def unfit(self, setting: Setting) -> str | None:
        if setting.model.kind not in ("linear", "mlp"):
            return f"it is for networks of layers, and the model is {setting.model.kind}"
        linear = setting.model.last_activation == "identity" and getattr(setting.model, "output_layer", True)
        return None if linear and not setting.labels else "there is no linear output layer"

    def course(self, context: RemedyContext) -> Course:
        from periodic_tui.engine.remedies.general.measuring import points

        context.give_up(~context.alive, "the run has diverged already")
        x, y = yield from points(context, _MOST)
        before = yield from read("looking at the loss", lambda: context.loss(x, y))
        found = yield from read("solving the output layer", lambda: self._solution(context, x, y))
        weights = context.get("output.weight").shape[-1]
        context.put("output.weight", found[..., :weights])
        if "output.bias" in context.names:
            context.put("output.bias", found[..., -1])
        after = yield from read("looking at the loss", lambda: context.loss(x, y))
        context.give_up(~(after < _HELPED * before), "it is at its best: what the other layers give is the matter")
        context.restart(context.alive)
        return f"solved the output layer: loss {float(before.median()):.4g} → {float(after.median()):.4g}"

    @staticmethod
    def _solution(context: RemedyContext, x: Tensor, y: Tensor) -> Tensor:
        """Weights of the output layer, and last its biases, `[replicas, outputs, weights (+ 1)]`."""
        import torch

        layers, biased = context.hidden(x), "output.bias" in context.names
        inputs = layers[-1].activations if layers else context.setting.model.first_inputs(x)
        design = torch.cat([inputs, torch.ones_like(inputs[..., :1])], -1) if biased else inputs
        wanted = _in_units_of_the_layer(context.setting, y.double())
        return torch.linalg.lstsq(design.cpu().double(), wanted.cpu(), driver="gelsd").solution.mT.to(x.device)


def _in_units_of_the_layer(setting: Setting, y: Tensor) -> Tensor:
    """What the output layer has to give for `y`."""
    scaling = getattr(setting.model, "scaling", None)
    if not scaling:
        return y
    zero = scaling.outputs(y.new_zeros(y.shape[-1]))
    return (y - zero) / (scaling.outputs(y.new_ones(y.shape[-1])) - zero)
