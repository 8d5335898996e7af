"""Fully connected networks, and a linear layer alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from periodic_tui.engine.components.activations import Activation, activations
from periodic_tui.engine.components.activations.rectifiers import Identity, ReLU
from periodic_tui.engine.components.models.base import HiddenLayer, Layout, Model, Parameter, Views, affine, models
from periodic_tui.engine.components.models.scaling import Scaling
from periodic_tui.engine.components.numbers import Fraction, Positive
from periodic_tui.engine.components.registry import OneOrEach
from periodic_tui.engine.randomness import Stream

if TYPE_CHECKING:
    from torch import Tensor

Units = Annotated[int, Field(ge=1, le=16_384)]
MOST_LAYERS = 64


def _layer(name: str, inputs: int, units: int, bias: bool) -> list[Parameter]:
    weight = Parameter(f"{name}.weight", (units, inputs), "weight", inputs, units)
    return [weight, Parameter(f"{name}.bias", (units,), "bias", inputs, units)] if bias else [weight]


def _learned(name: str, activation: Activation) -> list[Parameter]:
    return [Parameter(f"{name}.{key}", (1,), "learned", initial=value) for key, value in activation.parameters.items()]


def _activated(name: str, activation: Activation, z: Tensor, parameters: Views) -> Tensor:
    return activation(z, {key: parameters[f"{name}.{key}"].unsqueeze(-1) for key in activation.parameters})


@models.register
class Linear(Model):
    """y = W x + b."""

    kind: Literal["linear"] = "linear"
    bias: bool = True
    scaling: Scaling | None = None
    """Units of the columns of x and y; None: those of the data."""

    @property
    def is_chain(self) -> bool:
        return True

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
    """Hidden layers, then an output layer."""

    kind: Literal["mlp"] = "mlp"
    hidden: Annotated[tuple[Units, ...], Field(strict=False, max_length=MOST_LAYERS)] = (50, 10)
    """Units of each hidden layer; without any the network is linear."""
    activation: Annotated[Activation | tuple[Activation, ...], OneOrEach(activations, MOST_LAYERS)] = ReLU()
    """Of all hidden layers, or a list with one for each."""
    output_activation: Annotated[Activation, activations] = Identity()
    """Of the output layer."""
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
    def is_chain(self) -> bool:
        return True

    @property
    def hidden_units(self) -> tuple[int, ...]:
        return self.hidden

    @property
    def hidden_activations(self) -> tuple[Activation, ...]:
        """One for each hidden layer."""
        return self.activation if isinstance(self.activation, tuple) else (self.activation,) * len(self.hidden)

    def shape(self, inputs: int, outputs: int) -> str:
        last = "" if self.output_activation.kind == "identity" else self.output_activation.kind
        output = [f"{last}({outputs})" if last else outputs] if self.output_layer else []
        return "-".join(map(str, (inputs, *self.hidden, *output)))

    @property
    def last_activation(self) -> str:
        return self.output_activation.kind if self.output_layer else self.hidden_activations[-1].kind

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        found, last = self.scaling.conflicts(inputs, outputs) if self.scaling else {}, (0, *self.hidden)[-1]
        if len(self.hidden_activations) != len(self.hidden):
            found["activation"] = (
                f"expected {len(self.hidden)}, one for each hidden layer, got {len(self.hidden_activations)}"
            )
        if self.output_layer:
            return found
        if last != outputs:
            found["hidden"] = f"without an output layer, expected {outputs} units in the last one, got {last}"
        if self.output_activation.kind != "identity":
            found["output_activation"] = "without an output layer the last hidden layer's is it, expected identity"
        return found

    def layout(self, inputs: int, outputs: int) -> Layout:
        parameters: list[Parameter] = []
        fan_in = inputs
        for index, (units, activation) in enumerate(zip(self.hidden, self.hidden_activations, strict=True)):
            parameters += _layer(f"hidden.{index}", fan_in, units, self.bias)
            parameters += _learned(f"hidden.{index}", activation)
            fan_in = units
        if self.output_layer:
            parameters += _layer("output", fan_in, outputs, self.bias) + _learned("output", self.output_activation)
        return Layout(tuple(parameters))

    def first_inputs(self, x: Tensor) -> Tensor:
        x = self.scaling.inputs(x) if self.scaling else x
        return x if self.input_scale == 1 else x * self.input_scale

    def forward(
        self, parameters: Views, x: Tensor, hidden: list[HiddenLayer] | None = None, dropout: Stream | None = None
    ) -> Tensor:
        x = self.first_inputs(x)
        for index, activation in enumerate(self.hidden_activations):
            name = f"hidden.{index}"
            z = affine(x, parameters[f"{name}.weight"], parameters.get(f"{name}.bias"))
            x = _activated(name, activation, z, parameters)
            if hidden is not None:
                hidden.append(HiddenLayer(z, x))
            if self.dropout and dropout is not None:
                x = x * self._kept(x, dropout.fold(index))
        if self.output_layer:
            z = affine(x, parameters["output.weight"], parameters.get("output.bias"))
            x = _activated("output", self.output_activation, z, parameters)
        return self.scaling.outputs(x) if self.scaling else x

    def _kept(self, x: Tensor, stream: Stream) -> Tensor:
        draws = stream.uniform(x.shape[-2] * x.shape[-1], x.dtype).unflatten(-1, x.shape[-2:])
        return (draws > self.dropout).to(x.dtype) / (1 - self.dropout)
