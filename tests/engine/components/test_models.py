"""Models against numpy, and the rules that every model keeps."""

import numpy as np
import pytest
import torch

from periodic_tui.engine.components.models import models
from periodic_tui.engine.components.models.mlp import Linear
from periodic_tui.engine.components.models.oscillators import Oscillators
from periodic_tui.engine.components.models.waves import Harmonic

X = torch.linspace(-9, 9, 101, dtype=torch.float64).view(1, -1, 1)


def as_tensors(**arrays: object) -> dict[str, torch.Tensor]:
    return {name.replace("__", "."): torch.tensor(array, dtype=torch.float64)[None] for name, array in arrays.items()}


def test_a_harmonic_is_a_sum_of_sines_and_cosines() -> None:
    parameters = as_tensors(omega=[1.5, 4.0], alpha=[2.0, 0.5], beta=[-1.0, 0.25])
    x = X.numpy()
    expected = 2 * np.sin(1.5 * x) - np.cos(1.5 * x) + 0.5 * np.sin(4 * x) + 0.25 * np.cos(4 * x)
    np.testing.assert_allclose(Harmonic(units=2).forward(parameters, X).numpy(), expected, atol=1e-13)


def test_a_linear_layer_is_a_matrix_and_a_bias() -> None:
    weight, bias = [[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]], [10.0, 20.0]
    x = torch.randn(1, 7, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = x[0].numpy() @ np.array(weight).T + np.array(bias)
    got = Linear().forward(as_tensors(output__weight=weight, output__bias=bias), x)[0]
    np.testing.assert_allclose(got.numpy(), expected, atol=1e-13)


def test_oscillators_without_carry_are_phases() -> None:
    parameters = as_tensors(omega=[1.0, 0.1], phase=[0.5, -0.2], carry=[[0.0, 0.0], [0.0, 0.0]])
    x = X[0].numpy()
    expected = np.concatenate([x + 0.5, 0.1 * x - 0.2], -1)
    np.testing.assert_allclose(Oscillators().forward(parameters, X)[0].numpy(), expected, atol=1e-13)


def test_a_carry_takes_back_what_a_fast_hand_adds_to_a_slow_one() -> None:
    parameters = as_tensors(omega=[2 * np.pi / 60, 2 * np.pi / 3600], phase=[0.0, 0.0], carry=[[0, 0], [-1 / 60, 0]])
    t = torch.arange(0.0, 3600.0, dtype=torch.float64).view(1, -1, 1)
    minutes = Oscillators().forward(parameters, t)[0, :, 1].numpy() * 60 / (2 * np.pi)
    np.testing.assert_allclose(minutes, np.floor(t[0, :, 0].numpy() / 60), atol=1e-9)


@pytest.mark.parametrize("kind", list(models))
def test_a_model_computes_each_replica_on_its_own(kind: str) -> None:
    model = models[kind].model_validate({"kind": kind})
    layout = model.layout(1, 1)
    flat = torch.randn(3, layout.size, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    x = X.expand(3, -1, -1)
    together = model.forward(layout.views(flat), x)
    assert together.shape == (3, 101, 1)
    for replica in range(3):
        alone = model.forward(layout.views(flat[replica : replica + 1]), X)
        torch.testing.assert_close(together[replica], alone[0])


@pytest.mark.parametrize("kind", list(models))
def test_a_frequency_parameter_is_one_of_the_layout_and_has_a_rate_of_its_own(kind: str) -> None:
    model = models[kind].model_validate({"kind": kind})
    name = model.frequency_parameter
    roles = {parameter.name: parameter.role for parameter in model.layout(1, 1).parameters}
    assert name is None or (roles[name] == "frequency" and model.separate_rates)
