"""A table with several y columns: training, baselines, fit and summary against plain torch and numpy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import experiment, seen
from tests.engine.training.test_step import plain_losses

CPU = torch.device("cpu")
RANDOM = np.random.default_rng(3)
X = RANDOM.uniform(-1, 1, (120, 3))
Y = np.column_stack([X[:, 0] * X[:, 1], 5 + 2 * X[:, 2], np.sin(3 * X[:, 0]) + 0.1 * RANDOM.normal(size=120)])


def table(folder: Path, inputs: int = 3, outputs: int = 3, **sections: Any) -> Experiment:
    rows, names = np.column_stack([X[:, :inputs], Y[:, :outputs]]), [*"abc"[:inputs], *"uvw"[:outputs]]
    np.savetxt(folder / "rows.csv", rows, fmt="%.17g", delimiter=",", header=",".join(names), comments="")
    target = {"kind": "csv", "path": str(folder / "rows.csv"), "x": names[:inputs], "y": names[inputs:]}
    first: dict[str, Any] = {
        "target": target | sections.pop("target", {}),
        "model": {"kind": "mlp", "hidden": [8], "activation": "tanh"},
        "optimizer": {"kind": "adam", "lr": 0.02},
        "training": {"dtype": "float64", "batch_size": 16},
    }
    return experiment(**first | sections)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_training_is_that_of_plain_torch(optimizer: str, tmp_path: Path) -> None:
    trainer = Trainer(table(tmp_path, optimizer={"kind": optimizer, "lr": 0.02}), CPU)
    module = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 3)).double()
    plain = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer](module.parameters(), lr=0.02)
    expected = plain_losses(trainer, module, plain, 60)
    torch.testing.assert_close(trainer.advance(60)[:, 0], expected, rtol=1e-9, atol=1e-12)


def test_baselines_and_what_is_solved_are_means_over_columns(tmp_path: Path) -> None:
    run = Run(0, "rows", table(tmp_path), CPU)
    full = np.column_stack([X, np.ones(len(X))])
    left = Y - full @ np.linalg.lstsq(full, Y, rcond=None)[0]
    found = summary_of(run)["baselines"]
    assert found["mean"] == pytest.approx(Y.var(0).mean())
    assert found["line"] == pytest.approx((left**2).mean())
    assert (found["data"], found["persistence"]) == (None, None)
    assert run.experiment.training.solved_below == pytest.approx(1e-3 * Y.var(0).mean())


def test_rows_that_contradict_each_other_set_a_floor_for_all_columns(tmp_path: Path) -> None:
    names, rows = "a,u,v", np.column_stack([np.repeat(np.arange(20.0), 2), np.tile([0.0, 2.0], 20), np.arange(40.0)])
    np.savetxt(tmp_path / "pairs.csv", rows, delimiter=",", header=names, comments="")
    target = {"kind": "csv", "path": str(tmp_path / "pairs.csv"), "x": ["a"], "y": ["u", "v"]}
    run = Run(0, "pairs", experiment(target=target, model="mlp", training={"batch_size": 0}), CPU)
    assert summary_of(run)["baselines"]["data"] == pytest.approx((1 + 0.25) / 2)


def test_loss_and_held_out_loss_are_means_over_columns(tmp_path: Path) -> None:
    run = Run(0, "rows", table(tmp_path, target={"test": 0.25}), CPU)
    run.advance(200)
    views = run.trainer.training_step.layout.views(run.trainer.parameters)
    weights = {name: value[0].numpy() for name, value in views.items()}
    hidden = np.tanh(X @ weights["hidden.0.weight"].T + weights["hidden.0.bias"])
    errors = hidden @ weights["output.weight"].T + weights["output.bias"] - Y
    found = summary_of(run)
    assert found["loss"] == pytest.approx((errors[:90] ** 2).mean())
    assert found["loss_test"] == pytest.approx((errors[90:] ** 2).mean())
    explained = 1 - (errors[:90] ** 2).mean() / Y[:90].var(0).mean()
    assert run.measured.judge.evidence(run.reading(), slice(0, 1)).explained == pytest.approx([explained])


@pytest.mark.parametrize(("inputs", "kind"), [(1, "curves"), (2, "sample"), (3, "sample")])
def test_the_fit_shows_every_column(inputs: int, kind: str, tmp_path: Path) -> None:
    run = Run(0, "rows", table(tmp_path, inputs), CPU)
    run.advance(50)
    fit = seen(run, View()).fit
    assert fit.kind == kind
    x = fit.x[:, None] if kind == "curves" else X[:1, :inputs]
    said = run.observer.predict(run.trainer.parameters, torch.tensor(x))[0].numpy()
    asked = np.column_stack([np.interp(fit.x, *_sorted(X[:, 0], y)) for y in Y.T]) if kind == "curves" else Y[:1]
    np.testing.assert_allclose(fit.prediction, said if kind == "curves" else said.T, rtol=1e-9)
    np.testing.assert_allclose(fit.target, asked if kind == "curves" else asked.T, rtol=1e-9)


def _sorted(x: Any, y: Any) -> tuple[Any, Any]:
    return x[x.argsort()], y[x.argsort()]


def test_a_network_of_several_outputs_is_judged_like_any(tmp_path: Path) -> None:
    model = {"kind": "mlp", "hidden": [24], "activation": "tanh"}
    run = Run(0, "rows", table(tmp_path, outputs=2, model=model, training={"batch_size": 0}), CPU)
    assert [column.name for column in run.measured.judge.samples.y] == ["u", "v"]
    run.advance(2_000)
    assert summary_of(run)["verdict"]["code"] == "solved"
