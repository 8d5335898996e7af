"""How parameters start, drawn from counter-based random numbers: replica k starts as the single run of its seed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import PrivateAttr, model_validator

from periodic_tui.engine.components.models.base import Layout, Parameter
from periodic_tui.engine.components.numbers import Positive
from periodic_tui.engine.components.registry import Kind, Registry, Spec
from periodic_tui.engine.components.weights_file import Weights, read_weights

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from periodic_tui.engine.randomness import Stream


class Initializer(Kind):
    """A distribution of initial values."""

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        """`[replicas, parameter.size]` initial values."""
        raise NotImplementedError


initializers: Registry[Initializer] = Registry("initializer", default="default")


def _between(stream: Stream, count: int, dtype: torch.dtype, low: float, high: float) -> Tensor:
    return low + (high - low) * stream.uniform(count, dtype)


@initializers.register
class Default(Initializer):
    """torch's own: U(±1/√inputs) for a linear layer; for a frequency or amplitude N(0, 1), for a phase U(0, 2π)."""

    kind: Literal["default"] = "default"

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        if parameter.role in ("frequency", "amplitude"):
            return stream.normal(parameter.size, dtype)
        if parameter.role == "phase":
            return _between(stream, parameter.size, dtype, 0.0, 2 * math.pi)
        bound = 1 / math.sqrt(parameter.fan_in)
        return _between(stream, parameter.size, dtype, -bound, bound)


@initializers.register
class Uniform(Initializer):
    """U(low, high)."""

    kind: Literal["uniform"] = "uniform"
    low: float = 0.0
    high: float = 1.0

    @model_validator(mode="after")
    def _rises(self) -> Uniform:
        if not self.low < self.high:
            raise ValueError(f"low must be below high, got {self.low:g} and {self.high:g}")
        return self

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        return _between(stream, parameter.size, dtype, self.low, self.high)


@initializers.register
class Normal(Initializer):
    """N(mean, std²)."""

    kind: Literal["normal"] = "normal"
    mean: float = 0.0
    std: Positive = 1.0

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        return self.mean + self.std * stream.normal(parameter.size, dtype)


@initializers.register
class TruncatedNormal(Initializer):
    """N(0, std²) within two standard deviations, by the inverse of the distribution function."""

    kind: Literal["truncated-normal"] = "truncated-normal"
    std: Positive = 0.1

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        tail = math.erf(2 / math.sqrt(2))
        return self.std * math.sqrt(2) * _between(stream, parameter.size, dtype, -tail, tail).erfinv()


@initializers.register
class Constant(Initializer):
    """One value everywhere."""

    kind: Literal["constant"] = "constant"
    value: float = 0.0

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        return stream.uniform(parameter.size, dtype) * 0 + self.value


@initializers.register
class Zeros(Constant):
    """0 everywhere."""

    kind: Literal["zeros"] = "zeros"  # type: ignore[assignment]  # narrows the parent's literal
    value: Literal[0] = 0


@initializers.register
class XavierNormal(Initializer):
    """N(0, 2/(inputs + units)) (Glorot and Bengio, 2010)."""

    kind: Literal["xavier-normal"] = "xavier-normal"

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        return math.sqrt(2 / (parameter.fan_in + parameter.fan_out)) * stream.normal(parameter.size, dtype)


@initializers.register
class XavierUniform(Initializer):
    """U(±√(6/(inputs + units))) (Glorot and Bengio, 2010)."""

    kind: Literal["xavier-uniform"] = "xavier-uniform"

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        bound = math.sqrt(6 / (parameter.fan_in + parameter.fan_out))
        return _between(stream, parameter.size, dtype, -bound, bound)


@initializers.register
class KaimingNormal(Initializer):
    """N(0, 2/inputs) (He et al., 2015)."""

    kind: Literal["kaiming-normal"] = "kaiming-normal"

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        return math.sqrt(2 / parameter.fan_in) * stream.normal(parameter.size, dtype)


@initializers.register
class Siren(Initializer):
    """U(±1/inputs) in the first layer, U(±√(6/inputs)/omega_0) in the others (Sitzmann et al., 2020)."""

    kind: Literal["siren"] = "siren"
    omega_0: Positive = 30.0

    def draw(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        first = parameter.name.startswith("hidden.0.")
        bound = 1 / parameter.fan_in if first else math.sqrt(6 / parameter.fan_in) / self.omega_0
        return _between(stream, parameter.size, dtype, -bound, bound)


class Init(Spec):
    """How weights and biases start."""

    weights: Annotated[Initializer, initializers] = Default()
    bias: Annotated[Initializer, initializers] = Default()
    outgoing: Literal["any", "positive"] = "any"
    """`positive`: the last layer's weights start with their absolute values."""
    file: str = ""
    """A safetensors file, relative to the preset, from which every parameter starts, whatever the seed: named tensors
    as `export` writes them. Empty: they are drawn."""
    _file: Weights | None = PrivateAttr(None)
    """As it was when the preset was read: what becomes of it later changes nothing in a run."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if not self.file or self._file:
            return self
        if (self.weights, self.bias, self.outgoing) != (Default(), Default(), "any"):
            raise ValueError("file gives every parameter, expected neither weights nor bias nor outgoing beside it")
        object.__setattr__(self, "file", str(Path(self.file).absolute()))
        self._file = read_weights(self.file)
        return self

    def conflicts(self, layout: Layout, replicas: int) -> dict[str, str]:
        """Own key to what conflicts there with the parameters of a model; empty if all goes together."""
        wrong = self._file.conflicts(layout, replicas) if self._file else ""
        return {"file": wrong} if wrong else {}

    def draw(self, layout: Layout, stream: Stream, dtype: torch.dtype) -> Tensor:
        """`[replicas, parameters]` initial values; `stream` is one key a replica."""
        import torch

        if self._file:
            return self._file.draw(layout, len(stream.key), dtype)
        blocks = [self._block(p, stream.fold(i), dtype) for i, p in enumerate(layout.parameters)]
        return torch.cat(blocks, dim=-1)

    def _block(self, parameter: Parameter, stream: Stream, dtype: torch.dtype) -> Tensor:
        if parameter.initial is not None:
            return Constant(value=parameter.initial).draw(parameter, stream, dtype)
        chosen = self.bias if parameter.role == "bias" else self.weights
        values = chosen.draw(parameter, stream, dtype)
        positive = self.outgoing == "positive" and parameter.name == "output.weight"
        return values.abs() if positive else values
