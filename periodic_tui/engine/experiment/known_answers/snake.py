"""Sines, exactly, by Snake networks.

With snake(z) = z + sin²(az)/b = z + (1 − cos 2az)/(2b): two units of the first layer with weights ±ω/(2a) and biases
±(π/2 + phase)/(2a) add up to (1 + sin(ωx + phase))/b, since their linear parts cancel. A later layer hands a signal s
on by an odd pair: snake(s) − snake(−s) = 2s.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from periodic_tui.engine.components.activations.periodic import Snake
from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.components.targets.sines import Sine, Sines
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import NoAnswer, Parameters, answer

if TYPE_CHECKING:
    from torch import Tensor

Parts = tuple[tuple[float, float, float], ...]


@answer("sine", "mlp")
@answer("sines", "mlp")
def odd_pairs(experiment: Experiment, filled: Parameters) -> None:
    """Two units a sine in the first layer, two in each later one."""
    model, target = experiment.model, experiment.target
    assert isinstance(model, MLP)
    assert isinstance(target, Sine | Sines)
    snake = _checked(model, len(target.parts))
    coefficients, constant = _sines(filled, snake, target.parts)
    for index in range(1, len(model.hidden)):
        coefficients, constant = _hand_on(filled, f"hidden.{index}", coefficients, constant)
    filled["output.weight"][0, : len(coefficients)] = coefficients
    filled["output.bias"][0] = constant
    for name, value in snake.parameters.items():
        for index in range(len(model.hidden)):
            filled[f"hidden.{index}.{name}"].fill_(value)


def _checked(model: MLP, sines: int) -> Snake:
    """The network's activation; raises NoAnswer where the construction does not fit the network."""
    snake = model.hidden_activations[0] if model.hidden_activations else None
    if not isinstance(snake, Snake) or {*model.hidden_activations} != {snake}:
        kinds = " and ".join(dict.fromkeys(each.kind for each in model.hidden_activations)) or "no"
        raise NoAnswer(f"a finite network of {kinds} units only approximates a sine")
    if not (model.bias and model.output_layer):
        raise NoAnswer("Snake's construction of a sine needs biases and an output layer")
    if model.hidden[0] < 2 * sines or min(model.hidden) < 2:
        raise NoAnswer(f"Snake's construction needs {2 * sines} units in the first layer and 2 in the others")
    return snake


def _sines(filled: Parameters, snake: Snake, parts: Parts) -> tuple[Tensor, float]:
    """Fill the first layer; the coefficients of its units, and the constant, that add up to the target."""
    b = snake.a if snake.b is None else snake.b
    weight, bias = filled["hidden.0.weight"], filled["hidden.0.bias"]
    coefficients = weight.new_zeros(2 * len(parts))
    for index, (omega, amplitude, phase) in enumerate(parts):
        for unit, sign in ((2 * index, 1.0), (2 * index + 1, -1.0)):
            weight[unit, 0] = sign * omega / (2 * snake.a)
            bias[unit] = sign * (math.pi / 2 + phase) / (2 * snake.a)
            coefficients[unit] = amplitude * b
    return coefficients, -sum(amplitude for _, amplitude, _ in parts)


def _hand_on(filled: Parameters, name: str, coefficients: Tensor, constant: float) -> tuple[Tensor, float]:
    """Fill a later layer with the odd pair that carries the signal."""
    for unit, sign in ((0, 1.0), (1, -1.0)):
        filled[f"{name}.weight"][unit, : len(coefficients)] = sign * coefficients
        filled[f"{name}.bias"][unit] = sign * constant
    return coefficients.new_tensor([0.5, -0.5]), 0.0
