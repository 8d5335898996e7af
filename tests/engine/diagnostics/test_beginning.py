"""Where units stand on the inputs as they are, and what the outputs can give."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.first_layer import kinks_inside, saturation
from periodic_tui.engine.diagnostics.output_range import output_range
from periodic_tui.engine.diagnostics.probe import training_probe
from periodic_tui.engine.training.step import TrainingStep
from tests.engine.experiments import experiment


def observer(high: float, **model: Any) -> Observer:
    spec = experiment(
        target={"kind": "sine", "frequency": 1.0}, domain={"train": [[-high, high]]},
        model={"kind": "mlp", "hidden": [4], **model},
    )  # fmt: skip
    return Observer(TrainingStep.of(spec), training_probe(spec), None)


def parameters(weights: list[float], biases: list[float]) -> torch.Tensor:
    return torch.tensor([[*weights, *biases, 0.0, 0.0, 0.0, 0.0, 0.0]])


def test_pre_activations_grow_with_x_and_flatten_bounded_units() -> None:
    units = parameters([1.0, 1.0, 0.001, 0.001], [0.0] * 4)
    found = saturation(observer(1_000.0, activation="tanh"), units)
    assert float(found.size) == pytest.approx(1_000 / math.sqrt(3) * math.sqrt((1 + 1e-6) / 2), rel=0.1)
    assert (float(found.first), float(found.most)) == (0.5, 0.5)
    assert float(saturation(observer(1.0, activation="tanh"), units).first) == 0


def test_a_relu_is_never_saturated() -> None:
    found = saturation(observer(1_000.0, activation="relu"), parameters([1.0] * 4, [0.0] * 4))
    assert math.isnan(float(found.size))
    assert math.isnan(float(found.most))


def test_kinks_are_counted_within_the_points() -> None:
    units = parameters([1.0, 1.0, -2.0, 1.0], [0.5, -0.5, 0.5, 3.0])
    assert float(kinks_inside(observer(1.0), units)) == 0.75
    assert float(kinks_inside(observer(1.0, input_scale=0.1), units)) == 0
    for repeating in ("sine", "snake", "linear-sine"):
        assert math.isnan(float(kinks_inside(observer(1.0, activation=repeating), units)))


@pytest.mark.parametrize(
    ("activation", "outside", "floor"),
    [
        ("sigmoid", 3 / 4, 3 / 4), ("relu", 1 / 4, 1 / 12), ("tanh", 1 / 2, 2 / 3),
        ("mexican-hat", (3 - 2 * math.exp(-1.5)) / 4, (8 + (1 - 2 * math.exp(-1.5)) ** 3) / 12),
    ],
)  # fmt: skip
def test_the_floor_of_an_output_is_the_mean_squared_distance(activation: str, outside: float, floor: float) -> None:
    y = torch.linspace(-1, 3, 100_001, dtype=torch.float64).unsqueeze(-1)
    found = output_range(last(activation), y)
    assert found is not None
    assert found.outside == pytest.approx(outside, abs=1e-4)
    assert found.floor == pytest.approx(floor, rel=1e-3)


def last(activation: str) -> MLP:
    """A network whose last activation is its output."""
    return MLP.model_validate({"hidden": [1], "activation": activation, "output_layer": False})


def test_an_output_layer_gives_everything() -> None:
    assert output_range(MLP(), torch.zeros(3, 1)) is None
    assert output_range(last("leaky-relu"), torch.zeros(3, 1)) is None
