"""The model of a program: plain data, so that a recording of it can be read without running anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from periodic_tui.engine.components.activations import Activation, activations
from periodic_tui.engine.components.activations.rectifiers import Identity
from periodic_tui.engine.components.models.base import HiddenLayer, Layout, Model, Parameter, Role, Views, models
from periodic_tui.engine.components.models.scaling import Scaling
from periodic_tui.engine.components.registry import Spec
from periodic_tui.engine.randomness import Stream

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from periodic_tui.engine.components.models.module.made import Made
    from periodic_tui.engine.components.models.module.network import Network

_MOST_SHOWN = 5
"""Hidden layers whose units the header names."""
UNITS = 16_384
LAYERS = 64
Names = Annotated[tuple[str, ...], Field(strict=False)]


class Block(Spec):
    """A named tensor of a network."""

    name: str
    shape: Annotated[tuple[int, ...], Field(strict=False)]
    fixed: bool = False
    """Whether it stays as it is: a buffer, or a parameter that asks for no gradient."""


class Layer(Spec):
    """A hidden layer: what one call of an activation is given and gives."""

    units: Annotated[int, Field(ge=1, le=UNITS)]
    activation: str
    plain: bool = False
    """Whether the activation is what its name says, without options."""
    weight: str = ""
    """Names of the tensors by which its pre-activations come about, where that is a linear layer; else empty."""
    bias: str = ""


class Foreign(Activation):
    """An activation that only its own program can compute."""

    is_foreign: ClassVar[bool] = True
    kind: str


@models.register_unlisted
class Module(Model):
    """A torch.nn.Module that a file of the user's makes. What is known of it has been found by one pass through it."""

    kind: Literal["module"] = "module"
    is_foreign: ClassVar[bool] = True
    file: str
    """Absolute path."""
    name: str
    """Of the class or function in the file."""
    counts: Annotated[tuple[int, ...], Field(strict=False)] = ()
    """Inputs and outputs for which it was made."""
    digest: str = ""
    """Of the file's source."""
    tensors: Annotated[tuple[Block, ...], Field(strict=False)] = ()
    """Parameters and buffers; none where it is not known yet."""
    layers: Annotated[tuple[Layer, ...], Field(strict=False)] = ()
    chained: bool = False
    """Whether linear layers and activations take turns, one behind the other."""
    output: Names = ()
    """Names of the last linear layer's weight and bias, if it is a chain and ends in one."""
    last: str = ""
    """Name of the activation that the outputs have gone through; empty: nobody knows."""
    modes: bool = False
    """Whether it is another network in training: it drops units."""
    draws: int = 0
    """Most random numbers that it draws at once for a point."""
    together: bool = True
    """Whether several replicas go through it in one pass."""
    smooth: bool = True
    """Whether second derivatives can be had."""
    unseen: Annotated[int, Field(ge=0)] = 0
    """Activations that are no layers, or too many units or layers to be looked into."""
    scaling: Scaling | None = None
    """Units of the columns of x and y; None: those of the data."""

    @property
    def title(self) -> str:
        """The file's and the program's name."""
        return f"{Path(self.file).name}:{self.name}"

    @property
    def is_known(self) -> bool:
        return bool(self.tensors)

    @property
    def made(self) -> Made:
        """What it was made of and for."""
        from periodic_tui.engine.components.models.module.made import Made

        return Made(self.file, self.name, *self.counts)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Of its tensors, by their names."""
        return {block.name: block.shape for block in self.tensors}

    def bare(self) -> Module:
        """Only what the user named."""
        return Module(file=self.file, name=self.name, scaling=self.scaling)

    @property
    def is_chain(self) -> bool:
        return self.chained

    @property
    def curves(self) -> bool:
        return self.smooth

    @property
    def hidden_units(self) -> tuple[int, ...]:
        return tuple(layer.units for layer in self.layers)

    @property
    def hidden_activations(self) -> tuple[Activation, ...]:
        return tuple(_activation(layer.activation, layer.plain) for layer in self.layers)

    @property
    def last_activation(self) -> str:
        return self.last

    @property
    def output_activation(self) -> Activation:
        """Of the outputs."""
        return Identity() if self.last == "identity" else Foreign(kind=self.last)

    @property
    def output_layer(self) -> bool:
        """Whether the outputs are those of a linear layer, not of the last hidden one."""
        return bool(self.output) or not self.chained

    @property
    def bias(self) -> bool:
        """Whether any layer has a bias, as far as that is known."""
        return not self.chained or any(layer.bias for layer in self.layers) or len(self.output) > 1

    @property
    def dropout(self) -> bool:
        """Whether a step of training draws random numbers."""
        return self.modes

    @property
    def most_draws(self) -> int:
        return self.draws

    def shape(self, inputs: int, outputs: int) -> str:
        units = self.hidden_units
        inner = map(str, units) if len(units) <= _MOST_SHOWN else [f"({len(units)} layers)"]
        return f"{self.name} " + "-".join([str(inputs), *inner, str(outputs)])

    def layout(self, inputs: int, outputs: int) -> Layout:
        return Layout(tuple(_parameter(block) for block in self.tensors), tuple(self._aliases()))

    def _aliases(self) -> Sequence[tuple[str, str]]:
        """Our names of what its linear layers hold, and its own."""
        found = []
        for index, layer in enumerate(self.layers):
            found += [(f"hidden.{index}.weight", layer.weight), (f"hidden.{index}.bias", layer.bias)]
        found += zip(("output.weight", "output.bias"), self.output, strict=False)
        return [(ours, own) for ours, own in found if own]

    def initial(self, seeds: Sequence[int], dtype: torch.dtype) -> Tensor | None:
        from periodic_tui.engine.components.models.module.made import initial

        return initial(self.made, self.shapes, seeds, dtype)

    def first_inputs(self, x: Tensor) -> Tensor:
        return self.scaling.inputs(x) if self.scaling else x

    def forward(
        self, parameters: Views, x: Tensor, hidden: list[HiddenLayer] | None = None, dropout: Stream | None = None
    ) -> Tensor:
        y = self._network.forward(parameters, self.first_inputs(x), hidden, dropout)
        return self.scaling.outputs(y) if self.scaling else y

    @property
    def _network(self) -> Network:
        from periodic_tui.engine.components.models.module.made import network

        return network(self.made)


def _parameter(block: Block) -> Parameter:
    role: Role = "fixed" if block.fixed else "weight" if len(block.shape) > 1 else "bias"
    fan_in = block.shape[-1] if len(block.shape) > 1 else 1
    return Parameter(block.name, block.shape, role, fan_in, block.shape[0] if block.shape else 1)


def _activation(name: str, plain: bool) -> Activation:
    options: dict[str, Any] = {"omega_0": 1.0} if name == "sine" else {}
    return activations[name](**options) if plain and name in activations else Foreign(kind=name)
