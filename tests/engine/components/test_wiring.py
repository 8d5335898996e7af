"""What one pass through somebody's network tells of it."""

from pathlib import Path

import pytest
import torch

from periodic_tui.engine.components.models import HiddenLayer
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.programs import CHAIN, module, with_program

CPU = torch.device("cpu")


def body(start: str, forward: str) -> str:
    """A network in two pieces."""
    return f"""
class Bend(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(2.0))
    def forward(self, x):
        return x + torch.sin(self.a * x) ** 2 / self.a

class Twice(nn.Module):
    def forward(self, x):
        return 2 * x

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        {start}
    def forward(self, x):
        return {forward}
"""


THREE = "self.a, self.b, self.c = nn.Linear(1, 7), nn.Linear(7, 4, bias=False), nn.Linear(4, 1)"


def test_a_chain_is_an_mlp_by_other_names(tmp_path: Path) -> None:
    found = module(with_program(tmp_path, CHAIN))
    assert (found.is_chain, found.hidden_units, found.last_activation) == (True, (6, 5), "identity")
    assert [each.kind for each in found.hidden_activations] == ["relu", "relu"]
    assert [(layer.weight, layer.bias) for layer in found.layers] == [
        ("layers.0.weight", "layers.0.bias"),
        ("layers.2.weight", "layers.2.bias"),
    ]
    assert found.output == ("layers.4.weight", "layers.4.bias")
    assert found.shape(1, 1) == "Net 1-6-5-1"
    assert not found.modes


@pytest.mark.parametrize(
    ("start", "forward", "kinds", "chained", "last"),
    [
        (THREE, "self.c(torch.tanh(self.b(F.gelu(self.a(x)))))", ["gelu", "tanh"], True, "identity"),
        (THREE, "self.c(self.b(self.a(x).sin()).clamp(min=0)).sigmoid()", ["sine", "relu"], True, "sigmoid"),
        (
            THREE,
            "self.c(F.dropout(self.b(F.relu_(self.a(x))).relu(), 0.5, self.training))",
            2 * ["relu"],
            True,
            "identity",
        ),
        (THREE, "self.c(F.leaky_relu(self.b(F.relu(self.a(x))), 0.3))", ["relu", "leaky-relu"], True, "identity"),
        (THREE, "F.softplus(self.c(F.mish(self.b(F.elu(self.a(x))))), 2)", ["elu", "mish"], True, ""),
        (THREE, "self.c(self.b(self.a(x).relu()).relu()) + x", ["relu", "relu"], False, ""),
        (THREE, "self.c(self.b(self.a(x).relu() + 1).relu())", ["relu", "relu"], False, "identity"),
        (THREE, "self.c(self.b(self.a(x)))", [], False, "identity"),
        (
            THREE + "; self.bend = Bend(); self.twice = Twice()",
            "self.twice(self.c(self.b(self.bend(self.a(x))).relu()))",
            ["Bend", "relu"],
            False,
            "",
        ),
        (
            "self.bend = nn.Sequential(nn.Linear(1, 3), Bend(), nn.Linear(3, 3), Bend(), nn.Linear(3, 1))",
            "self.bend(x)",
            ["Bend", "Bend"],
            True,
            "identity",
        ),
        ("self.a = nn.Linear(1, 1)", "self.a(x).relu()", ["relu"], True, "relu"),
        ("self.a = nn.Linear(1, 1)", "self.a(x)", [], True, "identity"),
        (
            "self.a = nn.Sequential(nn.Linear(1, 6), nn.LayerNorm(6), nn.SiLU(), nn.Softmax(-1), nn.Linear(6, 1))",
            "self.a(x)",
            ["silu"],
            False,
            "identity",
        ),
    ],
)
def test_activations_in_the_order_in_which_they_run(
    start: str, forward: str, kinds: list[str], chained: bool, last: str, tmp_path: Path
) -> None:
    experiment = with_program(tmp_path, body(start, forward))
    found = module(experiment)
    assert [layer.activation for layer in found.layers] == kinds
    assert (found.is_chain, found.last_activation) == (chained, last)
    assert Trainer(experiment, CPU).advance(2).isfinite().all()


def test_the_only_unit_is_a_layer_and_the_output(tmp_path: Path) -> None:
    found = module(with_program(tmp_path, body("self.a = nn.Linear(1, 1)", "F.relu(self.a(x), inplace=True)")))
    assert (found.hidden_units, found.output_layer, found.layers[0].weight) == ((1,), False, "a.weight")


def test_channels_and_places_are_units(tmp_path: Path) -> None:
    start = "self.a, self.b = nn.Conv1d(1, 3, 3), nn.Linear(42, 16)"
    forward = "self.b(self.a(x.unsqueeze(1)).relu().flatten(1))"
    experiment = with_program(tmp_path, body(start, forward), "dft")
    assert module(experiment).hidden_units == (42,)
    assert not module(experiment).is_chain


def test_layers_are_what_the_network_computes(tmp_path: Path) -> None:
    source = body(THREE + "; self.bend = Bend()", "self.c(self.bend(self.b(torch.tanh(self.a(x)))))")
    experiment = with_program(tmp_path, source, training__replicas=3, training__dtype="float64")
    trainer = Trainer(experiment, CPU)
    views = trainer.training_step.layout.views(trainer.parameters)
    x = torch.linspace(0.1, 1, 9, dtype=torch.float64).reshape(1, 9, 1).expand(3, 9, 1)
    layers: list[HiddenLayer] = []
    experiment.model.forward(views, x, layers)
    first = x @ views["a.weight"].mT + views["a.bias"].unsqueeze(1)
    second = first.tanh() @ views["b.weight"].mT
    a = views["bend.a"].reshape(3, 1, 1)
    for layer, z, h, slope in (
        (layers[0], first, first.tanh(), 1 - first.tanh() ** 2),
        (layers[1], second, second + (a * second).sin() ** 2 / a, 1 + (2 * a * second).sin()),
    ):
        torch.testing.assert_close(layer.pre_activations, z)
        torch.testing.assert_close(layer.activations, h)
        torch.testing.assert_close(layer.slopes, slope)
