"""Fully connected networks, and a linear layer alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.activations import Activation, activations
from periodic_tui.engine.components.activations.rectifiers import ReLU
from periodic_tui.engine.components.models.base import HiddenLayer, Layout, Model, Parameter, Views, affine, models
from periodic_tui.engine.components.models.scaling import Scaling
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
    scaling: Scaling | None = None
    """Units of the columns of x and y; None: those of the data."""

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        return self.scaling.conflicts(inputs, outputs) if self.scaling else {}

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout(tuple(_layer("output", inputs, outputs, self.bias)))

    def first_inputs(self, x: Tensor) -> Tensor:
        return self.scaling.inputs(x) if self.scaling else x

    def outputs(self, parameters: Views, x: Tensor) -> Tensor:
        y = affine(self.first_inputs(x), parameters["output.weight"], parameters.get("output.bias"))
        return self.scaling.outputs(y) if self.scaling else y


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
    scaling: Scaling | None = None
    """Units of the columns of x and y; None: those of the data."""

    @property
    def hidden_units(self) -> tuple[int, ...]:
        return self.hidden

    def shape(self, inputs: int, outputs: int) -> str:
        return "-".join(map(str, (inputs, *self.hidden, *([outputs] if self.output_layer else []))))

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        found = self.scaling.conflicts(inputs, outputs) if self.scaling else {}
        if not self.output_layer and self.hidden[-1] != outputs:
            last = self.hidden[-1]
            found["hidden"] = f"without an output layer, expected {outputs} units in the last one, got {last}"
        return found

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

    def first_inputs(self, x: Tensor) -> Tensor:
        x = self.scaling.inputs(x) if self.scaling else x
        return x if self.input_scale == 1 else x * self.input_scale

    def forward(
        self, parameters: Views, x: Tensor, hidden: list[HiddenLayer] | None = None, dropout: Stream | None = None
    ) -> Tensor:
        x = self.first_inputs(x)
        for index in range(len(self.hidden)):
            name = f"hidden.{index}"
            z = affine(x, parameters[f"{name}.weight"], parameters.get(f"{name}.bias"))
            learned = {key: parameters[f"{name}.{key}"].unsqueeze(-1) for key in self.activation.parameters}
            x = self.activation(z, learned)
            if hidden is not None:
                hidden.append(HiddenLayer(z, x))
            if self.dropout and dropout is not None:
                x = x * self._kept(x, dropout.fold(index))
        if self.output_layer:
            x = affine(x, parameters["output.weight"], parameters.get("output.bias"))
        return self.scaling.outputs(x) if self.scaling else x

    def _kept(self, x: Tensor, stream: Stream) -> Tensor:
        draws = stream.uniform(x.shape[-2] * x.shape[-1], x.dtype).unflatten(-1, x.shape[-2:])
        return (draws > self.dropout).to(x.dtype) / (1 - self.dropout)
