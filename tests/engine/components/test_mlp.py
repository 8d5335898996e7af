"""Networks of mixed layers, trained, against plain torch."""

from typing import Any

import pytest
import torch
from torch import nn

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load
from tests.engine.experiments import experiment
from tests.engine.training.test_step import plain_losses

CPU = torch.device("cpu")
NETWORKS: dict[str, tuple[dict[str, Any], nn.Sequential]] = {
    "linear": ({"hidden": []}, nn.Sequential(nn.Linear(2, 1))),
    "logistic": ({"hidden": [], "output_activation": "sigmoid"}, nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())),
    "mixed": (
        {"hidden": [4, 3], "activation": ["tanh", {"kind": "leaky-relu", "slope": 0.2}], "output_activation": "tanh"},
        nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 3), nn.LeakyReLU(0.2), nn.Linear(3, 1), nn.Tanh()),
    ),
    "identity": (
        {"hidden": [4, 3], "activation": ["identity", "relu"]},
        nn.Sequential(nn.Linear(2, 4), nn.Identity(), nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1)),
    ),
}


def network(replicas: int = 1, **model: Any) -> Experiment:
    training = {"dtype": "float64", "replicas": replicas}
    optimizer = {"kind": "adam", "lr": 0.01}
    return experiment(target="magnitude", model={"kind": "mlp", **model}, optimizer=optimizer, training=training)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_trains_as_in_plain_torch(name: str) -> None:
    model, module = NETWORKS[name]
    trainer = Trainer(network(**model), CPU)
    module = module.double()
    expected = plain_losses(trainer, module, torch.optim.Adam(module.parameters(), lr=0.01), 50)
    torch.testing.assert_close(trainer.advance(50)[:, 0], expected, rtol=1e-9, atol=1e-12)


def test_learned_coefficients_are_each_layers_own() -> None:
    model = network(hidden=[2, 2], activation=["prelu", {"kind": "snake", "learn": True}], output_activation="prelu")
    names = [parameter.name for parameter in Trainer(model, CPU).training_step.layout.parameters]
    assert [name for name in names if "weight" not in name and "bias" not in name] == [
        "hidden.0.slope",
        "hidden.1.a",
        "output.slope",
    ]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_shown_network_is_the_same_again(name: str, tmp_path: Any) -> None:
    shown = network(**NETWORKS[name][0])
    (tmp_path / "shown.toml").write_text(dump(shown))
    assert load(str(tmp_path / "shown.toml"))[1] == shown


def test_a_network_without_hidden_layers_is_judged_and_has_no_units() -> None:
    run = Run(0, "linear", network(hidden=[]), CPU)
    run.advance(5)
    assert run.reading().units == ()
    assert run.activation == ""
    with pytest.raises(Refused, match="needs 1 hidden layer"):
        run.inject(0.0)


def test_units_of_mixed_layers_are_judged_by_their_own_slopes() -> None:
    run = Run(0, "mixed", network(hidden=[3, 3], activation=["identity", "relu"]), CPU)
    parameters = run.trainer.parameters.clone()
    views = run.trainer.training_step.layout.views(parameters)
    views["hidden.0.bias"].fill_(-9.0)
    views["hidden.1.weight"].fill_(0.0)
    views["hidden.1.bias"].fill_(-9.0)
    first, second = run.observer.read(parameters).units
    assert not first.dead.any()
    assert second.dead.all()


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ('["tanh", "rleu"]', r'model.activation\[1\]: unknown activation "rleu", .*; did you mean relu\b'),
        ('["tanh"]', "model.activation: expected 2, one for each hidden layer, got 1"),
        ('[{ kind = "snake", b = -1.0 }, "relu"]', r"model.activation\[0\].b: expected more than 0.0, got -1.0"),
        ('[5, "relu"]', r"model.activation\[0\]: expected a kind's name or table, got 5"),
        ('"linear"', r"model.activation: unknown activation .*; did you mean identity\b"),
        ('{ kind = "snake", aa = 1.0 }', "model.activation.aa: unknown key, .* did you mean a"),
        ('"relu"\noutput_activation = "softmx"', "model.output_activation: unknown activation"),
        (
            '"relu"\noutput_layer = false\noutput_activation = "tanh"',
            "model.output_activation: without an output layer",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(setting: str, line: str, tmp_path: Any) -> None:
    text = f'target = {{ kind = "abs" }}\n[model]\nkind = "mlp"\nhidden = [4, 3]\nactivation = {setting}\n'
    (tmp_path / "wrong.toml").write_text(text)
    with pytest.raises(PresetError, match=line):
        load(str(tmp_path / "wrong.toml"))
