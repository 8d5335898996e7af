"""Where known answers are looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.experiment.experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor


class NoAnswer(Exception):
    """The message says why there is no known answer."""


@dataclass(frozen=True, eq=False)
class Answer:
    """Parameters by name, each `[*shape]` in float64; what is not named is zero."""

    parameters: dict[str, Tensor]


Builder = Callable[[Experiment], Answer]
_builders: dict[tuple[str, str], Builder] = {}


def answer(target: str, model: str) -> Callable[[Builder], Builder]:
    """Register the function that writes down the answer of a target for a model."""

    def register(builder: Builder) -> Builder:
        if (target, model) in _builders:
            raise ValueError(f"the answer of {target} for {model} is registered twice")
        _builders[target, model] = builder
        return builder

    return register


def known_answer(experiment: Experiment) -> Answer:
    """The known answer of an experiment; raises NoAnswer with the reason where there is none."""
    target, model = experiment.target.kind, experiment.model.kind
    if (target, model) not in _builders:
        raise NoAnswer(f"no answer of {target} can be written down for the model {model}")
    return _on_scaled_inputs(experiment, _builders[target, model](experiment))


def _on_scaled_inputs(experiment: Experiment, found: Answer) -> Answer:
    """Builders reckon with the inputs as they are; a network may scale them first."""
    model = experiment.model
    if not isinstance(model, MLP) or model.input_scale == 1:
        return found
    first = found.parameters["hidden.0.weight"] / model.input_scale
    return Answer({**found.parameters, "hidden.0.weight": first})


def blank(experiment: Experiment) -> dict[str, Tensor]:
    """Every parameter of the experiment's model as zeros `[*shape]`, to be filled."""
    import torch

    layout = experiment.model.layout(experiment.target.inputs, experiment.target.outputs)
    return {p.name: torch.zeros(p.shape, dtype=torch.float64) for p in layout.parameters}


def relu_network(experiment: Experiment, layers: int, units: int) -> MLP:
    """The experiment's network, if it has that many layers of ReLUs and that many units in each; raises NoAnswer."""
    model = experiment.model
    assert isinstance(model, MLP)
    # A learned slope of 0 makes a PReLU a ReLU.
    if model.activation.kind not in ("relu", "prelu"):
        raise NoAnswer(f"the answer of {experiment.target.kind} is made of ReLUs, not of {model.activation.kind}")
    if len(model.hidden) != layers or min(model.hidden) < units:
        shape = f"{layers} hidden layer{'s' if layers > 1 else ''} of {units} or more units"
        raise NoAnswer(f"the answer of {experiment.target.kind} needs {shape}, got {list(model.hidden)}")
    return model
