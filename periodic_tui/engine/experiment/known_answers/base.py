"""Where known answers are looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from periodic_tui.engine.components.models import Model
from periodic_tui.engine.components.models.mlp import MLP, Linear
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
        raise NoAnswer(f"no answer of {target.kind} can be written down for the model {model.title}")
    if isinstance(model, MLP) and model.output_activation.kind != "identity":
        raise NoAnswer(f"the answer of {target.kind} has a linear output, not one of {model.output_activation.kind}")
    layout = model.layout(target.inputs, target.outputs)
    filled = {p.name: torch.zeros(p.shape, dtype=torch.float64) for p in layout.parameters}
    _builders[target.kind, model.kind](experiment, filled)
    _scale(filled, model, target.inputs)
    return filled


def _scale(filled: Parameters, model: Model, inputs: int) -> None:
    """Make an answer for the data as they are one for what the layers are given and have to give."""
    import torch

    if not isinstance(model, MLP | Linear):
        return
    offset = model.first_inputs(torch.zeros(inputs, dtype=torch.float64))
    factor = model.first_inputs(torch.ones(inputs, dtype=torch.float64)) - offset
    first = "hidden.0" if model.hidden_units else "output"
    filled[f"{first}.weight"] /= factor
    if model.scaling:
        if not model.bias:
            raise NoAnswer("the layers see other units than the data's, and have no biases that could make up for it")
        filled[f"{first}.bias"] -= filled[f"{first}.weight"] @ offset
    if model.scaling and model.scaling.y_spread:
        if "output.weight" not in filled:
            raise NoAnswer("the outputs are in other units than the data, and there is no output layer")
        center, spread = (
            torch.tensor(each, dtype=torch.float64) for each in (model.scaling.y_center, model.scaling.y_spread)
        )
        filled["output.weight"] /= spread.unsqueeze(-1)
        filled["output.bias"].sub_(center).div_(spread)


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
