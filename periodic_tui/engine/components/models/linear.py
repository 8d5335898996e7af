"""One linear layer and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from periodic_tui.engine.components.models.base import Layout, Model, Parameter, affine, models

if TYPE_CHECKING:
    from torch import Tensor


@models.register
class Linear(Model):
    """y = W x + b."""

    kind: Literal["linear"] = "linear"
    bias: bool = True

    def layout(self, inputs: int, outputs: int) -> Layout:
        weight = Parameter("output.weight", (outputs, inputs), "weight", inputs, outputs)
        bias = Parameter("output.bias", (outputs,), "bias", inputs, outputs)
        return Layout((weight, bias) if self.bias else (weight,))

    def outputs(self, parameters: Mapping[str, Tensor], x: Tensor) -> Tensor:
        return affine(x, parameters["output.weight"], parameters.get("output.bias"))
