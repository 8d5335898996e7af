"""Columns standardized by the preset: trained as plain torch trains on standardized columns, shown in the data's own
units."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.components.models.scaling import Scaling
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load
from tests.engine.experiments import experiment
from tests.engine.training.test_step import batch_of

CPU = torch.device("cpu")
X = np.column_stack([np.linspace(900.0, 1_000.0, 40), 1e-3 * np.cos(np.arange(40.0))])
Y = np.column_stack([300 + 50 * np.sin(X[:, 0] / 20), 1e-2 * X[:, 1]])
NETWORK = {"kind": "mlp", "hidden": [6], "activation": "tanh"}


def table(folder: Path, outputs: int = 1, **sections: Any) -> Experiment:
    path, names = folder / "rows.csv", ["a", "b", "c", "d"][: 2 + outputs]
    np.savetxt(path, np.column_stack([X, Y[:, :outputs]]), delimiter=",", header=",".join(names), comments="")
    target = {"kind": "csv", "path": str(path), "x": names[:2], "y": names[2:], "standardize": True}
    training = {"dtype": "float64", "batch_size": 8, "huber_delta": 20.0}
    return experiment(
        target=target | sections.pop("target", {}),
        model=NETWORK | sections.pop("model", {}),
        training=training | sections.pop("training", {}),
        **sections,
    )


def units_of(trainer: Trainer) -> Scaling:
    model = trainer.experiment.model
    assert isinstance(model, MLP)
    assert model.scaling is not None
    return model.scaling


def test_the_units_are_mean_and_standard_deviation_of_the_rows(tmp_path: Path) -> None:
    found = units_of(Trainer(table(tmp_path, 2), CPU))
    np.testing.assert_allclose(found.x_center, X.mean(0), rtol=1e-12)
    np.testing.assert_allclose(found.x_spread, X.std(0), rtol=1e-12)
    np.testing.assert_allclose(found.y_center, Y.mean(0), rtol=1e-12)
    np.testing.assert_allclose(found.y_spread, Y.std(0), rtol=1e-12)


OF_ERRORS: dict[str, tuple[Callable[..., Tensor], int]] = {
    "mse": (functional.mse_loss, 2),
    "mae": (functional.l1_loss, 1),
    "huber": (lambda p, y: functional.huber_loss(p, y, delta=20.0 / Y[:, 0].std()), 2),
}


@pytest.mark.parametrize("optimizer", [{"kind": "sgd", "lr": 0.1}, {"kind": "adam", "lr": 0.01}])
@pytest.mark.parametrize("loss", OF_ERRORS)
def test_training_is_that_of_plain_torch_on_standardized_columns(loss: str, optimizer: Any, tmp_path: Path) -> None:
    """The loss that is told is the same in the unit of y."""
    trainer = Trainer(table(tmp_path, optimizer=optimizer, training={"loss": loss}), CPU)
    module = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1)).double()
    nn.utils.vector_to_parameters(trainer.parameters[0].clone(), module.parameters())
    plain = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer["kind"]]
    steps, losses, (of_errors, power) = plain(module.parameters(), lr=optimizer["lr"]), [], OF_ERRORS[loss]
    for number in range(50):
        batch = batch_of(trainer, number)
        x = (batch.x[0] - torch.tensor(X.mean(0))) / torch.tensor(X.std(0))
        y = (batch.y[0] - Y[:, :1].mean()) / Y[:, :1].std()
        steps.zero_grad()
        error = of_errors(module(x), y)
        error.backward()
        steps.step()
        losses.append(error.detach() * Y[:, :1].std() ** power)
    torch.testing.assert_close(trainer.advance(50)[:, 0], torch.stack(losses), rtol=1e-8, atol=1e-10)
    flat = nn.utils.parameters_to_vector(module.parameters()).detach()
    torch.testing.assert_close(trainer.parameters[0], flat, rtol=1e-8, atol=1e-10)


def test_every_output_counts_as_much_as_the_others(tmp_path: Path) -> None:
    """As plain torch has it, though one is ten million times as large as the other."""
    trainer = Trainer(table(tmp_path, 2, optimizer={"kind": "sgd", "lr": 0.1}), CPU)
    module = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 2)).double()
    nn.utils.vector_to_parameters(trainer.parameters[0].clone(), module.parameters())
    steps = torch.optim.SGD(module.parameters(), lr=0.1)
    for number in range(30):
        batch = batch_of(trainer, number)
        x = (batch.x[0] - torch.tensor(X.mean(0))) / torch.tensor(X.std(0))
        y = (batch.y[0] - torch.tensor(Y.mean(0))) / torch.tensor(Y.std(0))
        steps.zero_grad()
        functional.mse_loss(module(x), y).backward()
        steps.step()
    trainer.advance(30)
    flat = nn.utils.parameters_to_vector(module.parameters()).detach()
    torch.testing.assert_close(trainer.parameters[0], flat, rtol=1e-8, atol=1e-10)


def test_an_optimizer_that_searches_a_line_descends_what_its_gradient_is_of(tmp_path: Path) -> None:
    spec = table(tmp_path, optimizer={"kind": "lbfgs", "line_search_fn": "strong_wolfe"}, training={"batch_size": 0})
    run = Run(0, "lbfgs", spec, CPU)
    run.advance(60)
    assert run.reading().loss[0] < 0.01 * Y[:, 0].var()


def test_what_is_shown_keeps_the_units_of_the_data(tmp_path: Path) -> None:
    spec = table(tmp_path, optimizer={"kind": "adam", "lr": 0.02}, training={"batch_size": 0})
    run = Run(0, "rows", spec, CPU)
    plain = Run(1, "as it is", table(tmp_path, target={"standardize": False}), CPU)
    assert run.experiment.training.solved_below == pytest.approx(1e-3 * Y[:, 0].var())
    assert summary_of(run)["baselines"] == pytest.approx(summary_of(plain)["baselines"])
    run.advance(1_500)
    fit = run.observer.predict(run.trainer.parameters, run.observer.probe.x)[0, :, 0].numpy()
    found = summary_of(run)
    assert found["loss"] == pytest.approx(((fit - Y[:, 0]) ** 2).mean())
    assert found["verdict"]["code"] == "solved"
    plain.advance(1_500)
    assert "unscaled" in [cause["code"] for cause in summary_of(plain)["causes"]]


def test_sharpness_is_that_of_the_loss_in_its_units(tmp_path: Path) -> None:
    """Of a line on standardized columns: 2 · λ_max of E[x̃ x̃ᵀ], at which gradient descent turns unstable."""
    x = np.column_stack([(X - X.mean(0)) / X.std(0), np.ones(len(X))])
    largest = 2 * np.linalg.eigvalsh(x.T @ x / len(x)).max()
    for factor, holds in ((0.98, True), (1.02, False)):
        sections: dict[str, Any] = {"model": {"hidden": []}, "optimizer": {"kind": "sgd", "lr": factor * 2 / largest}}
        run = Run(0, "line", table(tmp_path, **sections, training={"batch_size": 0}), CPU)
        assert run.observer.curvature(run.trainer.parameters)[0].item() == pytest.approx(largest, rel=1e-6)
        before = run.reading().loss[0]
        run.advance(2_000)
        assert bool(run.reading().loss[0] < before) is holds
        assert ("step-too-large" in [cause["code"] for cause in summary_of(run)["causes"]]) is not holds


def test_a_function_is_standardized_on_its_domain() -> None:
    domain = {"train": [[100.0, 300.0]]}
    spec = experiment(target={"kind": "abs", "standardize": True}, domain=domain, model="mlp")
    found, x = units_of(Trainer(spec, CPU)), np.linspace(100, 300, 100_001)
    assert (found.x_center[0], found.x_spread[0]) == pytest.approx((x.mean(), x.std()), rel=1e-3)
    assert (found.y_center[0], found.y_spread[0]) == pytest.approx((x.mean(), x.std()), rel=1e-3)


def test_a_column_that_does_not_vary_keeps_its_spread(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b,c\n0,7,1\n1,7,2\n")
    target = {"kind": "csv", "path": str(tmp_path / "rows.csv"), "x": ["a", "b"], "y": ["c"], "standardize": True}
    trainer = Trainer(experiment(target=target, model="mlp", training={"batch_size": 0}), CPU)
    assert units_of(trainer).x_center == (0.5, 7.0)
    assert units_of(trainer).x_spread == (0.5, 1.0)
    assert trainer.advance(3).isfinite().all()


def test_angles_and_classes_stay_as_they_are(tmp_path: Path) -> None:
    clock = units_of(Trainer(load("clock-gelu", [("target.standardize", True)])[1], CPU))
    assert clock.y_spread == ()
    assert clock.x_spread[0] > 1e8
    (tmp_path / "rows.csv").write_text("a,b,c\n0,5,1\n1,7,0\n2,7,0\n")
    rows = {"kind": "csv", "path": str(tmp_path / "rows.csv"), "x": ["a", "b"], "y": ["c"], "standardize": True}
    for labels, loss in ((True, "cross-entropy"), (False, "bce-with-logits"), (False, "circular"), (True, "mse")):
        spec = experiment(target=rows | {"labels": labels}, model="mlp", training={"loss": loss, "batch_size": 0})
        found = units_of(Trainer(spec, CPU))
        assert found.y_spread == ()
        assert found.x_center == pytest.approx((1, 19 / 3))


PRESET = """
[target]
kind = "csv"
path = "rows.csv"
x = ["a", "b"]
y = ["c"]
standardize = true
[model]
kind = "mlp"
[training]
batch_size = 8
dtype = "float64"
"""


def test_it_is_shown_checked_and_set_like_any_key(tmp_path: Path) -> None:
    spec = table(tmp_path)
    (tmp_path / "own.toml").write_text(PRESET)
    _, given = load(str(tmp_path / "own.toml"))
    (tmp_path / "shown.toml").write_text(dump(given))
    _, shown = load(str(tmp_path / "shown.toml"))
    assert shown == given
    assert "standardize = true" in dump(given)
    assert units_of(Trainer(shown, CPU)) == units_of(Trainer(spec, CPU))
    _, without = load(str(tmp_path / "shown.toml"), [("target.standardize", False)])
    assert Trainer(without, CPU).experiment.model == without.model


@pytest.mark.parametrize("model", ["sine-unit", "harmonic", "oscillators"])
def test_models_that_are_no_layers_refuse_it_in_one_line(model: str) -> None:
    with pytest.raises(PresetError) as caught:
        load("sine-31", [("model", {"kind": model}), ("target.standardize", True)])
    why = f"it is for networks of layers, and the model is {model}; expected false"
    assert caught.value.lines == [f"sine-31: target.standardize: {why}"]


def test_in_mid_run_the_units_stay_and_a_new_run_has_its_own() -> None:
    spec = experiment(target={"kind": "abs", "standardize": True}, domain={"train": [[0.0, 2.0]]}, model="mlp")
    session = Runner(load, "abs", spec, device="cpu", engine="eager")
    session.open()
    before = units_of(session.current.trainer)
    session.apply(parse("set:domain.train=[[0.0, 4.0]]"))
    assert units_of(session.current.trainer) == before
    session.apply(parse("reinitialize"))
    assert units_of(session.current.trainer) == before
    session.apply(parse("new:domain.train=[[0.0, 4.0]]"))
    assert units_of(session.current.trainer).x_center[0] == pytest.approx(2.0, abs=1e-3)
    session.apply(parse("new:target.standardize=false"))
    assert session.current.experiment.model == MLP()


def test_the_run_tells_the_units_by_the_columns_names(tmp_path: Path) -> None:
    run = Run(1, "rows", table(tmp_path), CPU)
    told = [event.text for event in run.events if "standardized" in event.text]
    assert told == [
        f"the layers see standardized columns: a {X[:, 0].mean():.4g} ± {X[:, 0].std():.3g}, "
        f"b {X[:, 1].mean():.4g} ± {X[:, 1].std():.3g}, c {Y[:, 0].mean():.4g} ± {Y[:, 0].std():.3g}"
    ]
