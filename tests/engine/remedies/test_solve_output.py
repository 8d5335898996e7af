"""The output layer by least squares, against numpy."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from tests.engine.experiments import experiment
from tests.engine.remedies.treated import treated

X = np.random.default_rng(0).normal(size=(200, 2)) * [1.0, 1e-3] + [50.0, 0.0]
Y = X @ [1.0, 300.0] + 7 + np.sin(5 * X[:, 0])


def table(tmp_path: Path, **sections: Any) -> Experiment:
    path = tmp_path / "rows.csv"
    np.savetxt(path, np.column_stack([X, Y]), delimiter=",", header="a,b,y", comments="")
    target = {"kind": "csv", "path": str(path), "x": ["a", "b"], "y": ["y"]}
    return experiment(target=target, training={"batch_size": 0}, optimizer={"kind": "adam", "lr": 1e-3}, **sections)


def best_line() -> float:
    design = np.column_stack([X, np.ones(len(X))])
    return float(np.square(design @ np.linalg.lstsq(design, Y, rcond=None)[0] - Y).mean())


@pytest.mark.parametrize("before", ["", "standardize"])
def test_an_ill_conditioned_line_is_found_at_once(tmp_path: Path, before: str) -> None:
    run = Run(1, "line", table(tmp_path, model="linear"), torch.device("cpu"))
    if before:
        run.treat(before)
        run.advance(5)
        run.halt("enough")
    run.treat("solve-output")
    assert float(run.reading().loss[0]) == pytest.approx(best_line(), rel=1e-3)


def test_hidden_layers_are_left_as_they_are(tmp_path: Path) -> None:
    model = {"kind": "mlp", "hidden": [20], "activation": "tanh"}
    plain, run = (treated(table(tmp_path, model=model), "solve-output", steps) for steps in (0, 0))
    views = run.trainer.training_step.layout.views
    untouched = Run(1, "plain", table(tmp_path, model=model), torch.device("cpu"))
    for name, value in views(untouched.trainer.parameters).items():
        assert torch.equal(value, views(run.trainer.parameters)[name]) == name.startswith("hidden")
    assert float(plain.reading().loss[0]) < float(untouched.reading().loss[0])


def test_what_is_at_its_best_is_left_with_what_was_ruled_out(tmp_path: Path) -> None:
    run = treated(table(tmp_path, model="linear"), "solve-output", 0)
    before = run.trainer.parameters.clone()
    told = run.treat("solve-output")
    assert "it is at its best: what the other layers give is the matter" in told
    assert torch.equal(run.trainer.parameters, before)
