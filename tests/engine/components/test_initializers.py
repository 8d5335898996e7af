"""Every initializer against torch's own, by its extremes and moments."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from periodic_tui.engine.components.initializers import Init, initializers
from periodic_tui.engine.components.models import Parameter
from periodic_tui.engine.components.models.base import Layout
from periodic_tui.engine.randomness import Stream, Use, counter_for

UNITS, INPUTS = 300, 200
WEIGHT = Parameter("hidden.1.weight", (UNITS, INPUTS), "weight", INPUTS, UNITS)

ORACLES: dict[str, Callable[[Tensor], object]] = {
    "default": lambda w: nn.init.kaiming_uniform_(w, a=math.sqrt(5)),
    "uniform": lambda w: nn.init.uniform_(w, 0.0, 1.0),
    "normal": lambda w: nn.init.normal_(w, 0.0, 1.0),
    "truncated-normal": lambda w: nn.init.trunc_normal_(w, std=0.1, a=-0.2, b=0.2),
    "constant": lambda w: nn.init.constant_(w, 0.0),
    "zeros": nn.init.zeros_,
    "xavier-normal": nn.init.xavier_normal_,
    "xavier-uniform": nn.init.xavier_uniform_,
    "kaiming-normal": lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu"),
    "siren": lambda w: nn.init.uniform_(w, -math.sqrt(6 / INPUTS) / 30, math.sqrt(6 / INPUTS) / 30),
}


def drawn(kind: str, parameter: Parameter = WEIGHT) -> Tensor:
    stream = Stream.of(torch.tensor([3]), Use.INITIAL, counter_for(2 * parameter.size))
    chosen = initializers[kind].model_validate({"kind": kind})
    return chosen.draw(parameter, stream, torch.float64)[0]


@pytest.mark.parametrize("kind", list(initializers))
def test_an_initializer_is_distributed_as_torch_s(kind: str) -> None:
    torch.manual_seed(0)
    oracle = torch.empty(UNITS, INPUTS, dtype=torch.float64)
    ORACLES[kind](oracle)
    expected, got = oracle.flatten().sort().values, drawn(kind).sort().values
    # Two-sample Kolmogorov-Smirnov at 1e-6; constants have one value.
    if expected.std() == 0:
        assert torch.equal(expected, got)
        return
    both = torch.cat([expected, got])
    distance = (torch.searchsorted(expected, both) - torch.searchsorted(got, both)).abs().max() / len(got)
    assert distance < 2.7 * math.sqrt(2 / len(got))


def test_siren_s_first_layer_fills_the_inputs() -> None:
    first = Parameter("hidden.0.weight", (UNITS, INPUTS), "weight", INPUTS, UNITS)
    values = drawn("siren", first)
    assert 0.99 / INPUTS < values.abs().max() <= 1 / INPUTS


def test_positive_outgoing_weights_are_the_absolute_values_of_the_others() -> None:
    layout = Layout((WEIGHT, Parameter("output.weight", (1, UNITS), "weight", UNITS, 1)))
    stream = Stream.of(torch.tensor([0]), Use.INITIAL, counter_for(2 * WEIGHT.size))
    plain = Init().draw(layout, stream, torch.float64)
    positive = Init(outgoing="positive").draw(layout, stream, torch.float64)
    assert (plain[:, -UNITS:] < 0).any()
    assert torch.equal(positive[:, -UNITS:], plain[:, -UNITS:].abs())
    assert torch.equal(positive[:, :-UNITS], plain[:, :-UNITS])
