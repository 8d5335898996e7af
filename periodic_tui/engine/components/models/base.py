"""Models over `[replicas, parameters]`: every parameter of every replica lies in one flat tensor."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from periodic_tui.engine.components.activations import Activation
from periodic_tui.engine.components.models.scaling import Scaling
from periodic_tui.engine.components.registry import Kind, Registry

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from periodic_tui.engine.randomness import Stream

Views = Mapping[str, "Tensor"]
"""Parameters by name, each `[replicas, *shape]`."""

Role = Literal["weight", "bias", "frequency", "phase", "amplitude", "learned", "fixed"]
"""What is `fixed` stays as it starts, whatever the optimizer does."""


@dataclass(frozen=True)
class Parameter:
    """One named block of a model's parameters."""

    name: str
    """Dotted name: `hidden.0.weight`."""
    shape: tuple[int, ...]
    """Shape without the replica axis; weights are `[units, inputs]`."""
    role: Role
    """What it is: initializers treat weights and biases apart."""
    fan_in: int = 1
    """Inputs of the layer; torch's default bounds are 1/√fan_in."""
    fan_out: int = 1
    """Units of the layer."""
    initial: float | None = None
    """A fixed start whatever `[init]` says (learned coefficients of an activation); None: drawn."""

    @property
    def size(self) -> int:
        """Number of scalars."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Layout:
    """Where each parameter lies in the flat tensor."""

    parameters: tuple[Parameter, ...]
    aliases: tuple[tuple[str, str], ...] | None = None
    """Our names (`hidden.0.weight`) of what somebody's network calls otherwise, and its own; None: it has ours."""

    @property
    def size(self) -> int:
        """Scalars in one replica."""
        return sum(parameter.size for parameter in self.parameters)

    def slices(self) -> dict[str, slice]:
        """Name to its slice of the flat axis."""
        slices, start = {}, 0
        for parameter in self.parameters:
            slices[parameter.name] = slice(start, start + parameter.size)
            start += parameter.size
        return slices

    def views(self, flat: Tensor) -> dict[str, Tensor]:
        """Name to `[replicas, *shape]`, sharing memory with `flat` `[replicas, parameters]`."""
        parts = flat.split([parameter.size for parameter in self.parameters], dim=-1)
        shaped = zip(self.parameters, parts, strict=True)
        return {p.name: part.unflatten(-1, p.shape) if p.shape else part.squeeze(-1) for p, part in shaped}

    def by_layer(self, flat: Tensor) -> dict[str, Tensor]:
        """The same by our names, as far as there are such."""
        views = self.views(flat)
        return views if self.aliases is None else {ours: views[own] for ours, own in self.aliases}

    def learns(self, like: Tensor) -> Tensor | None:
        """Mask `[parameters]` of what is not fixed; None where nothing is."""
        if all(parameter.role != "fixed" for parameter in self.parameters):
            return None
        import torch

        return torch.cat([like.new_full((p.size,), p.role != "fixed", dtype=torch.bool) for p in self.parameters])


@dataclass(frozen=True, eq=False)
class HiddenLayer:
    """What one hidden layer did on a batch."""

    pre_activations: Tensor
    """`[replicas, batch, units]`."""
    activations: Tensor
    """`[replicas, batch, units]`."""
    slopes: Tensor | None = None
    """Derivatives of the activations by the pre-activations, where nobody else can tell them."""


class Model(Kind):
    """A network as a pure function of its parameters."""

    frequency_parameter: ClassVar[str | None] = None
    """Name of the parameter that holds angular frequencies, or None."""
    is_foreign: ClassVar[bool] = False
    """Whether it is a program of the user's."""

    @property
    def title(self) -> str:
        """What it is called."""
        return self.kind

    @property
    def is_known(self) -> bool:
        """Whether its parameters are known; those of a program are once it has run."""
        return True

    @property
    def curves(self) -> bool:
        """Whether its second derivatives can be had."""
        return True

    @property
    def is_chain(self) -> bool:
        """Whether linear layers and activations take turns, one behind the other."""
        return False

    @property
    def most_draws(self) -> int:
        """Most random numbers that a step draws at once for a point."""
        return max(self.hidden_units, default=0)

    def initial(self, seeds: Sequence[int], dtype: torch.dtype) -> Tensor | None:
        """`[replicas, parameters]` as they start from these seeds; None where `[init]` says how."""
        return None

    def layout(self, inputs: int, outputs: int) -> Layout:
        """The parameters of a network with so many inputs and outputs."""
        raise NotImplementedError

    def shape(self, inputs: int, outputs: int) -> str:
        """The network in a few cells: units from input to output, as 1-50-10-1, or what it consists of."""
        return f"{inputs}-{outputs} {self.kind}"

    def conflicts(self, inputs: int, outputs: int) -> dict[str, str]:
        """Own key to why this network cannot learn a target with so many inputs and outputs; empty if it can."""
        return {}

    @property
    def column_units(self) -> Scaling | None:
        """Of the columns of x and y, where the layers see others than those of the data."""
        return getattr(self, "scaling", None)

    @property
    def separate_rates(self) -> bool:
        """Whether every parameter has a learning rate of its own: a frequency's must shrink with the range."""
        return self.frequency_parameter is not None

    @property
    def hidden_units(self) -> tuple[int, ...]:
        """Units of each hidden layer; empty where units mean nothing."""
        return ()

    @property
    def hidden_activations(self) -> tuple[Activation, ...]:
        """One for each hidden layer."""
        return ()

    @property
    def last_activation(self) -> str:
        """Name of what the outputs have gone through at last; empty where nobody knows."""
        return "identity"

    def forward(
        self, parameters: Views, x: Tensor, hidden: list[HiddenLayer] | None = None, dropout: Stream | None = None
    ) -> Tensor:
        """Outputs `[replicas, batch, outputs]` at `x` `[replicas, batch, inputs]`.

        `hidden`, if given, is filled with one entry for each hidden layer. `dropout` is the random stream
        of this step's dropout; None switches it off. A network without hidden layers has nothing to look into and
        nothing to drop.
        """
        return self.outputs(parameters, x)

    def first_inputs(self, x: Tensor) -> Tensor:
        """What the first layer is given of `x` `[..., inputs]`: each column times a factor, plus an offset."""
        return x

    def outputs(self, parameters: Views, x: Tensor) -> Tensor:
        """Outputs of a network without hidden layers, with the shapes of `forward`."""
        raise NotImplementedError


models: Registry[Model] = Registry("model")


def _learns() -> bool:
    """Whether gradients may be wanted."""
    import torch

    return torch.is_grad_enabled()


def affine(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """`[replicas, batch, units]` of `x` `[replicas, batch, inputs]` and `weight` `[replicas, units, inputs]`."""
    if x.shape[-1] == 1:
        product = x * weight.mT
    elif len(x) == 1:  # adds the bias too, and the gradient comes in the weight's own layout
        product = x[0] @ weight[0].mT if bias is None else bias[0].addmm(x[0], weight[0].mT)
        return product.unsqueeze(0)
    elif x.stride(0) == 0:  # the same points for every replica: one product instead of many
        product = (weight.flatten(0, 1) @ x[0].mT).unflatten(0, weight.shape[:2]).mT
    elif x.mT.is_contiguous() and not _learns():  # so it is from such a product: ten times as fast for a few units
        product = (weight @ x.mT).mT
    else:
        product = x @ weight.mT
    return product if bias is None else product + bias.unsqueeze(-2)
