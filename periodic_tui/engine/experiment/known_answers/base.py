"""Where known answers are looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.experiment.experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor

Parameters = dict[str, "Tensor"]
"""Every parameter of a model by its name, each `[*shape]` in float64."""


class NoAnswer(Exception):
    """The message says why there is no known answer."""


Builder = Callable[[Experiment, Parameters], None]
"""Fills in the parameters, which are zeros at first; reckons with the inputs as they are, before any scaling."""
_builders: dict[tuple[str, str], Builder] = {}


def answer(target: str, model: str) -> Callable[[Builder], Builder]:
    """Register the function that writes down the answer of a target for a model."""

    def register(builder: Builder) -> Builder:
        if (target, model) in _builders:
            raise ValueError(f"the answer of {target} for {model} is registered twice")
        _builders[target, model] = builder
        return builder

    return register


def known_answer(experiment: Experiment) -> Parameters:
    """The known answer of an experiment; raises NoAnswer with the reason where there is none."""
    import torch

    target, model = experiment.target, experiment.model
    if (target.kind, model.kind) not in _builders:
        raise NoAnswer(f"no answer of {target.kind} can be written down for the model {model.kind}")
    if isinstance(model, MLP) and model.output_activation.kind != "identity":
        raise NoAnswer(f"the answer of {target.kind} has a linear output, not one of {model.output_activation.kind}")
    layout = model.layout(target.inputs, target.outputs)
    filled = {p.name: torch.zeros(p.shape, dtype=torch.float64) for p in layout.parameters}
    _builders[target.kind, model.kind](experiment, filled)
    if isinstance(model, MLP):
        filled["hidden.0.weight"] /= model.input_scale
    return filled


def relu_network(experiment: Experiment, layers: int, units: int) -> MLP:
    """The experiment's network, if it has that many layers of ReLUs and that many units in each; raises NoAnswer."""
    model = experiment.model
    assert isinstance(model, MLP)
    # A learned slope of 0 makes a PReLU a ReLU.
    others = [each.kind for each in model.hidden_activations if each.kind not in ("relu", "prelu")]
    if others:
        raise NoAnswer(f"the answer of {experiment.target.kind} is made of ReLUs, not of {others[0]}")
    if len(model.hidden) != layers or min(model.hidden) < units:
        shape = f"{layers} hidden layer{'s' if layers > 1 else ''} of {units} or more units"
        raise NoAnswer(f"the answer of {experiment.target.kind} needs {shape}, got {list(model.hidden)}")
    return model
