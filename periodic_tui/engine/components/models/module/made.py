"""The networks that were made in this process, by what they were made of and for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from periodic_tui.engine.components.models.module.network import Network
from periodic_tui.engine.components.models.module.program import program
from periodic_tui.engine.errors import Refused

Shapes = Mapping[str, tuple[int, ...]]
"""Of tensors, by their names."""


class Made(NamedTuple):
    """What tells a network from others."""

    file: str
    name: str
    inputs: int
    outputs: int


_networks: dict[Made, Network] = {}


def network(made: Made) -> Network:
    """The network itself. Raises Refused where none was made."""
    if made not in _networks:
        raise Refused(f"{Path(made.file).name}:{made.name} was not run")
    return _networks[made]


def remember(made: Made, found: Network) -> None:
    """Let it be found."""
    _networks[made] = found


def initial(made: Made, shapes: Shapes, seeds: Sequence[int], dtype: torch.dtype) -> Tensor:
    """`[replicas, parameters]` as the program draws them from each seed, in the order of the shapes. Raises Refused."""
    source = program(made.file, made.name)
    starts = [source.new(seed, made.inputs, made.outputs) for seed in seeds]
    return torch.stack([flat(start, shapes).to(dtype) for start in starts])


def flat(module: nn.Module, shapes: Shapes) -> Tensor:
    """`[parameters]` of a module, in that order. Raises Refused where it has others."""
    found = named_tensors(module)
    if {name: tuple(value.shape) for name, value in found.items()} != dict(shapes):
        raise Refused(f"{type(module).__name__} has another form with another seed")
    return torch.cat([found[name].detach().flatten().double() for name in shapes])


def named_tensors(module: nn.Module) -> dict[str, Tensor]:
    """Its parameters, and those buffers that are floating-point numbers."""
    buffers = {name: value for name, value in module.named_buffers() if value.is_floating_point()}
    return dict(module.named_parameters()) | buffers
