"""Lengths by ReLUs: |x| exactly, √(x² + y²) by a pyramid over a regular polygon, least squares over all directions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from periodic_tui.engine.components.targets.spectra import AmplitudeSpectrum
from periodic_tui.engine.experiment.experiment import Experiment
from periodic_tui.engine.experiment.known_answers.base import NoAnswer, Parameters, answer, relu_network

if TYPE_CHECKING:
    from torch import Tensor

_ANGLES = 50_400
"""A multiple of the corners of every polygon with few of them."""
_NORMAL_GAIN, _NORMAL_BIAS = 1.0387, 0.0102
"""The best hexagon on N(0, 1)²: loss 0.003493."""
_UNIFORM = ((0.0, 1.0491, -0.0057), (120.4, 1.0235, 0.0016), (-120.4, 1.0235, 0.0016))
"""The best hexagon on [−1, 1]²: angle in degrees, gain and bias/gain of each unit; loss 0.001038."""
_UNIFORM_BIAS = 0.0123


@answer("abs", "mlp")
def two_relus(experiment: Experiment, filled: Parameters) -> None:
    """|x| = relu(x) + relu(−x)."""
    relu_network(experiment, layers=1, units=2)
    filled["hidden.0.weight"][0, 0], filled["hidden.0.weight"][1, 0] = 1.0, -1.0
    filled["output.weight"][0, :2] = 1.0


@answer("relu", "mlp")
def one_relu(experiment: Experiment, filled: Parameters) -> None:
    """relu(x) itself."""
    model = relu_network(experiment, layers=1, units=1)
    filled["hidden.0.weight"][0, 0] = 1.0
    if model.output_layer:
        filled["output.weight"][0, 0] = 1.0


def directions(count: int) -> Tensor:
    """Angles `[count]` of ReLUs whose sum has 2 · count corners; raises NoAnswer where they cannot be spread so."""
    import torch

    numbers = torch.arange(count, dtype=torch.float64)
    if count >= 3 and count % 2:
        return numbers * (2 * math.pi / count)
    if count >= 3 and count % 3 == 0:
        # Triangles, each turned a little against the one before.
        return (numbers % 3) * (2 * math.pi / 3) + (numbers // 3) * (math.pi / count)
    raise NoAnswer(f"a polygon needs 3 or more ReLUs, an odd number or a multiple of 3, got {count}")


def polygon(count: int) -> tuple[Tensor, float]:
    """Directions `[count, 2]` and the gain with which their ReLUs add up to the length of a vector, by least squares
    over all directions: (mean of the sum)/(mean of its square)."""
    import torch

    angles = directions(count)
    around = torch.arange(_ANGLES, dtype=torch.float64) * (2 * math.pi / _ANGLES)
    total = (around.unsqueeze(-1) - angles).cos().relu().sum(-1)
    return torch.stack([angles.cos(), angles.sin()], -1), float(total.mean() / total.square().mean())


@answer("magnitude", "mlp")
def pyramid(experiment: Experiment, filled: Parameters) -> None:
    """The hexagon for three ReLUs, with the best biases where the domain is known, and polygons for more."""
    model = relu_network(experiment, layers=1, units=3)
    rows, gain = polygon(model.hidden[0])
    filled["hidden.0.weight"].copy_(rows)
    filled["output.weight"].fill_(gain)
    if model.hidden[0] == 3 and model.bias and not experiment.domain.scale:
        _with_biases(experiment, filled)


def _with_biases(experiment: Experiment, filled: Parameters) -> None:
    domain = experiment.domain
    if domain.distribution == "normal":
        filled["output.weight"].fill_(_NORMAL_GAIN)
        filled["output.bias"].fill_(_NORMAL_BIAS)
        return
    low, high = domain.train[0][0], domain.train[-1][1]
    if len(domain.train) > 1 or low != -high:
        return
    for unit, (degrees, gain, bias) in enumerate(_UNIFORM):
        angle = math.radians(degrees)
        filled["hidden.0.weight"][unit] = filled["hidden.0.weight"].new_tensor([math.cos(angle), math.sin(angle)])
        filled["hidden.0.bias"][unit] = bias * high
        filled["output.weight"][0, unit] = gain
    filled["output.bias"].fill_(_UNIFORM_BIAS * high)


@answer("amplitude-spectrum", "mlp")
def spectrum(experiment: Experiment, filled: Parameters) -> None:
    """A polygon for each bin: its ReLUs see the real and the imaginary part of the DFT from several directions."""
    model, target = relu_network(experiment, layers=1, units=3), experiment.target
    assert isinstance(target, AmplitudeSpectrum)
    size, each = target.size, model.hidden[0] // target.size
    rows, gain = polygon(each)
    matrix = rows.new_tensor(target.matrix)
    for number in range(size):
        units = slice(number * each, (number + 1) * each)
        filled["hidden.0.weight"][units] = rows @ matrix[[number, size + number]]
        filled["output.weight"][number, units] = gain
