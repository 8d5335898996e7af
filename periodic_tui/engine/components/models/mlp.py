"""Fully connected networks, and a linear layer alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.activations import Activation, activations
from periodic_tui.engine.components.activations.rectifiers import ReLU
from periodic_tui.engine.components.models.base import HiddenLayer, Layout, Model, Parameter, Views, affine, models
from periodic_tui.engine.components.numbers import Fraction, Positive
from periodic_tui.engine.randomness import Stream

if TYPE_CHECKING:
    from torch import Tensor

Units = Annotated[int, Field(ge=1, le=16_384)]


def _layer(name: str, inputs: int, units: int, bias: bool) -> list[Parameter]:
    weight = Parameter(f"{name}.weight", (units, inputs), "weight", inputs, units)
    return [weight, Parameter(f"{name}.bias", (units,), "bias", inputs, units)] if bias else [weight]


@models.register
class Linear(Model):
    """y = W x + b."""

    kind: Literal["linear"] = "linear"
    bias: bool = True

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout(tuple(_layer("output", inputs, outputs, self.bias)))

    def outputs(self, parameters: Views, x: Tensor) -> Tensor:
        return affine(x, parameters["output.weight"], parameters.get("output.bias"))


@models.register
class MLP(Model):
    """Hidden layers of one activation, then a linear output layer."""

    kind: Literal["mlp"] = "mlp"
    hidden: Annotated[tuple[Units, ...], Field(strict=False, min_length=1, max_length=64)] = (50, 10)
    """Units of each hidden layer."""
    activation: Annotated[Activation, activations] = ReLU()
    input_scale: Positive = 1.0
    """A factor on the inputs before the first layer, which expects inputs of about 1."""
    bias: bool = True
    output_layer: bool = True
    """False: the last hidden layer is the output."""
    dropout: Fraction = 0.0
    """Probability with which a hidden unit is dropped in a training step."""

    @property
    def hidden_units(self) -> tuple[int, ...]:
        return self.hidden

    def shape(self, inputs: int, outputs: int) -> str:
        return "-".join(map(str, (inputs, *self.hidden, *([outputs] if self.output_layer else []))))

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        if self.output_layer or self.hidden[-1] == outputs:
            return {}
        return {"hidden": f"without an output layer, expected {outputs} units in the last one, got {self.hidden[-1]}"}

    def layout(self, inputs: int, outputs: int) -> Layout:
        parameters: list[Parameter] = []
        fan_in = inputs
        for index, units in enumerate(self.hidden):
            parameters += _layer(f"hidden.{index}", fan_in, units, self.bias)
            parameters += [
                Parameter(f"hidden.{index}.{name}", (1,), "learned", initial=value)
                for name, value in self.activation.parameters.items()
            ]
            fan_in = units
        if self.output_layer:
            parameters += _layer("output", fan_in, outputs, self.bias)
        return Layout(tuple(parameters))

    def forward(
        self, parameters: Views, x: Tensor, hidden: list[HiddenLayer] | None = None, dropout: Stream | None = None
    ) -> Tensor:
        if self.input_scale != 1:
            x = x * self.input_scale
        for index in range(len(self.hidden)):
            name = f"hidden.{index}"
            z = affine(x, parameters[f"{name}.weight"], parameters.get(f"{name}.bias"))
            learned = {key: parameters[f"{name}.{key}"].unsqueeze(-1) for key in self.activation.parameters}
            x = self.activation(z, learned)
            if hidden is not None:
                hidden.append(HiddenLayer(z, x))
            if self.dropout and dropout is not None:
                x = x * self._kept(x, dropout.fold(index))
        if not self.output_layer:
            return x
        return affine(x, parameters["output.weight"], parameters.get("output.bias"))

    def _kept(self, x: Tensor, stream: Stream) -> Tensor:
        draws = stream.uniform(x.shape[-2] * x.shape[-1], x.dtype).unflatten(-1, x.shape[-2:])
        return (draws > self.dropout).to(x.dtype) / (1 - self.dropout)
