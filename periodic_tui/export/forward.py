"""Models as the source of a torch.nn.Module, whose parameters have the names that ours have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from periodic_tui.engine.components.activations import Activation
from periodic_tui.engine.components.models import Model
from periodic_tui.engine.components.models.mlp import MLP, Linear
from periodic_tui.engine.components.models.oscillators import HALF_STEP, Oscillators
from periodic_tui.engine.components.models.scaling import Scaling
from periodic_tui.engine.components.models.waves import Harmonic, SineUnit
from periodic_tui.engine.errors import Refused
from periodic_tui.export.written import Written


@dataclass(frozen=True)
class Source:
    """Lines of the two methods of a module."""

    init: tuple[str, ...]
    """Of `__init__`, after that of the parent."""
    forward: tuple[str, ...]
    """Of `forward(self, x)`, with `x` `[..., inputs]`."""


def source_of(model: Model, inputs: int, outputs: int) -> Source:
    """The source of a model. Raises Refused for one that has none."""
    match model:
        case MLP():
            return Source(tuple(_mlp_parts(model, inputs, outputs)), tuple(_mlp_forward(model)))
        case Linear():
            lines = (*_scaled_inputs(model.scaling), "x = self.output(x)", *_scaled_outputs(model.scaling), "return x")
            return Source((f"self.output = {_linear(inputs, outputs, model.bias)}",), lines)
        case SineUnit():
            return Source((_parameter("omega", 1),), ("return (x * self.omega).sin()",))
        case Harmonic():
            names = ("omega", "alpha", "beta")
            return Source(tuple(_parameter(name, model.units) for name in names), _HARMONIC)
        case Oscillators():
            vectors = (_parameter("omega", outputs), _parameter("phase", outputs))
            return Source((*vectors, _parameter("carry", outputs, outputs)), _OSCILLATORS)
    if model.is_foreign:
        raise Refused(f"{model.title} is the network's source already; --to safetensors gives its parameters")
    raise Refused(f"a model of kind {model.kind} cannot be written as a module")


_HARMONIC = (
    "angle = x * self.omega",
    "return (self.alpha * angle.sin() + self.beta * angle.cos()).sum(-1, keepdim=True)",
)
_OSCILLATORS = (
    "raw = x * self.omega + self.phase",
    "phases = []",
    "for index in range(raw.shape[-1]):",
    "    phase = raw[..., index] + self.carry[index, index]",
    "    for earlier, known in enumerate(phases):",
    f"        wrapped = (known + {HALF_STEP!r}).remainder({120 * HALF_STEP!r}) - {HALF_STEP!r}",
    "        phase = phase + self.carry[index, earlier] * wrapped",
    "    phases.append(phase)",
    "return torch.stack(phases, -1)",
)


def _parameter(name: str, *shape: int) -> str:
    return f"self.{name} = nn.Parameter(torch.empty({', '.join(map(str, shape))}))"


def _linear(inputs: int, outputs: int, bias: bool) -> str:
    return f"nn.Linear({inputs}, {outputs})" if bias else f"nn.Linear({inputs}, {outputs}, bias=False)"


def _mlp_parts(model: MLP, inputs: int, outputs: int) -> Iterator[str]:
    widths = (inputs, *model.hidden)
    yield "self.hidden = nn.ModuleList()"
    for index, (units, activation) in enumerate(zip(model.hidden, model.hidden_activations, strict=True)):
        yield f"self.hidden.append({_linear(widths[index], units, model.bias)})"
        yield from _learned(f"hidden[{index}]", activation)
    if model.output_layer:
        yield f"self.output = {_linear(widths[-1], outputs, model.bias)}"
        yield from _learned("output", model.output_activation)


def _learned(layer: str, activation: Activation) -> Iterator[str]:
    return (_parameter(f"{layer}.{name}", 1) for name in activation.parameters)


def _mlp_forward(model: MLP) -> Iterator[str]:
    yield from _scaled_inputs(model.scaling)
    if model.input_scale != 1:
        yield f"x = x * {model.input_scale!r}"
    for index, activation in enumerate(model.hidden_activations):
        yield from _activated(f"self.hidden[{index}]", activation)
        if model.dropout:
            yield f"x = nn.functional.dropout(x, {model.dropout!r}, self.training)"
    if model.output_layer:
        yield from _activated("self.output", model.output_activation)
    yield from _scaled_outputs(model.scaling)
    yield "return x"


def _activated(layer: str, activation: Activation) -> Iterator[str]:
    learned: Any = {name: Written(f"{layer}.{name}") for name in activation.parameters}
    formula = cast(Written, activation(cast(Any, Written("z")), learned))
    if formula.text == "z":
        yield f"x = {layer}(x)"
    else:
        yield f"z = {layer}(x)"
        yield f"x = {formula.text}"


def _scaled_inputs(scaling: Scaling | None) -> Iterator[str]:
    if scaling:
        yield f"x = (x - x.new_tensor({list(scaling.x_center)})) / x.new_tensor({list(scaling.x_spread)})"


def _scaled_outputs(scaling: Scaling | None) -> Iterator[str]:
    if scaling and scaling.y_spread:
        yield f"x = x * x.new_tensor({list(scaling.y_spread)}) + x.new_tensor({list(scaling.y_center)})"
