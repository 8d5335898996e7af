"""Every activation against torch.nn, or its formula in numpy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from periodic_tui.engine.components.activations import Activation, activations

Z = torch.linspace(-6, 6, 241, dtype=torch.float64).view(1, -1, 1)


def snake(a: float, b: float) -> Callable[[Tensor], Tensor]:
    return lambda z: torch.from_numpy(z.numpy() + np.sin(a * z.numpy()) ** 2 / b)


ORACLES: dict[str, tuple[dict[str, Any], Callable[[Tensor], Tensor]]] = {
    "relu": ({}, nn.ReLU()),
    "leaky-relu": ({"slope": 0.2}, nn.LeakyReLU(0.2)),
    "prelu": ({}, nn.PReLU(init=0.25).double()),
    "elu": ({"alpha": 0.7}, nn.ELU(0.7)),
    "selu": ({}, nn.SELU()),
    "gelu": ({}, nn.GELU()),
    "silu": ({}, nn.SiLU()),
    "sigmoid": ({}, nn.Sigmoid()),
    "tanh": ({}, nn.Tanh()),
    "softplus": ({}, nn.Softplus()),
    "exponential": ({}, lambda z: torch.from_numpy(np.exp(z.numpy()))),
    "identity": ({}, nn.Identity()),
    "sine": ({"omega_0": 3.0}, lambda z: torch.from_numpy(np.sin(3 * z.numpy()))),
    "snake": ({"a": 5.0}, snake(5.0, 5.0)),
    "linear-sine": ({"a": 5.0, "b": 2.0}, lambda z: torch.from_numpy(z.numpy() + np.sin(5 * z.numpy()) / 2)),
    "mexican-hat": ({}, lambda z: torch.from_numpy((1 - z.numpy() ** 2) * np.exp(-(z.numpy() ** 2) / 2))),
    "morlet": ({"omega_0": 3.0}, lambda z: torch.from_numpy(np.cos(3 * z.numpy()) * np.exp(-(z.numpy() ** 2) / 2))),
}


def build(kind: str, **options: Any) -> Activation:
    return activations[kind].model_validate({"kind": kind, **options})


def apply(activation: Activation, z: Tensor) -> Tensor:
    learned = {name: z.new_full((1, 1, 1), value) for name, value in activation.parameters.items()}
    return activation(z, learned)


@pytest.mark.parametrize("kind", list(activations))
def test_an_activation_is_what_torch_or_numpy_says(kind: str) -> None:
    options, oracle = ORACLES[kind]
    torch.testing.assert_close(apply(build(kind, **options), Z), oracle(Z), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("kind", list(activations))
def test_slopes_are_what_torch_or_a_difference_says_at_zero_too(kind: str) -> None:
    options, oracle = ORACLES[kind]
    points = torch.tensor([[[-1.5], [0.0], [2.0]]], dtype=torch.float64)
    slopes = []
    for function in (lambda z: apply(build(kind, **options), z), oracle):
        z = points.clone().requires_grad_(isinstance(oracle, nn.Module))
        if isinstance(oracle, nn.Module):
            function(z).sum().backward()
            slopes.append(z.grad)
        else:
            slopes.append((function(points + 1e-6) - function(points - 1e-6)) / 2e-6)
    torch.testing.assert_close(*slopes, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kind", list(activations))
def test_gradients_are_finite_far_from_zero(kind: str) -> None:
    z = torch.tensor([[[-300.0], [-1.0], [0.0], [1.0], [80.0]]], requires_grad=True)
    apply(build(kind), z).sum().backward()
    assert z.grad is not None
    assert z.grad.isfinite().all()


@pytest.mark.parametrize(
    ("options", "learned"),
    [
        ({"a": 30.0}, {}),
        ({"a": 30.0, "learn": True}, {"a": 30.0}),
        ({"a": 30.0, "b": 4.0, "learn": True}, {"a": 30.0, "b": 4.0}),
    ],
)
def test_snake_learns_its_coefficients_on_request(options: dict[str, Any], learned: dict[str, float]) -> None:
    activation = build("snake", **options)
    assert activation.parameters == learned
    torch.testing.assert_close(apply(activation, Z), snake(30.0, options.get("b", 30.0))(Z), rtol=1e-12, atol=1e-14)
