"""ln x as a piecewise-linear interpolant, one ReLU a knot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import NoAnswer, Parameters, answer, relu_network

if TYPE_CHECKING:
    from torch import Tensor

_SMALLEST = 2.0**-24
"""The least number that is drawn from (0, 1]."""
_MARGIN = 0.01
"""Lifts the unit that carries the sum above zero."""


def interpolant(low: float, high: float, pieces: int) -> tuple[Tensor, Tensor]:
    """Knots and values `[pieces + 1]` of −ln on [low, high], with equal errors in all pieces.

    The knots are fifth powers of evenly spaced numbers; values are lowered by two thirds of each piece's sagitta,
    so that the error averages to zero.
    """
    import torch

    root, step = low**0.2, (high**0.2 - low**0.2) / pieces
    knots = (root + step * torch.arange(pieces + 1, dtype=torch.float64)) ** 5
    return knots, -knots.log() - (25 / 12) * step**2 * knots ** (-0.4)


@answer("log", "mlp")
def logarithm(experiment: Experiment, filled: Parameters) -> None:
    """Unit k of the first layer is relu(t_k − x): the other direction would cancel catastrophically in float32."""
    import torch

    model, intervals = relu_network(experiment, layers=2, units=1), experiment.domain.train
    if not model.bias:
        raise NoAnswer("the interpolant of ln needs biases")
    knots, values = interpolant(max(intervals[0][0], _SMALLEST), intervals[-1][1], model.hidden[0])
    slopes = (values[:-1] - values[1:]) / knots.diff()
    filled["hidden.0.weight"].fill_(-1.0)
    filled["hidden.0.bias"].copy_(knots[1:])
    filled["hidden.1.weight"][0] = slopes - torch.cat([slopes[1:], slopes.new_zeros(1)])
    filled["hidden.1.bias"][0] = values[-1] + _MARGIN
    filled["output.weight"][0, 0] = -1.0
    filled["output.bias"][0] = _MARGIN
