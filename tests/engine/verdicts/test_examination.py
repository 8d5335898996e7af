"""What is looked into for a verdict, of real networks whose cause is planted, and when it is measured."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.summary import summary_of

X = np.linspace(-1, 1, 400)
NOISE = np.random.default_rng(0).normal(size=400)


def causes(folder: Path, x: Any, y: Any, steps: int, **sections: Any) -> list[str]:
    """Codes of a network that was trained on these rows."""
    return [cause.code for cause in run_of(folder, x, y, steps, **sections).observe(View()).causes]


def run_of(folder: Path, x: Any, y: Any, steps: int, **sections: Any) -> Run:
    path = folder / "table.csv"
    path.write_text("x,y\n" + "\n".join(f"{a:.9g},{b:.9g}" for a, b in zip(x, y, strict=True)))
    tables = {
        "target": {"kind": "csv", "path": str(path), "x": ["x"], "y": ["y"]},
        "model": {"kind": "mlp", "hidden": [16], "activation": "tanh"},
        "optimizer": {"kind": "adam", "lr": 0.01},
        "training": {"batch_size": 0, "steps": steps},
    }
    experiment = Experiment.model_validate({**tables, **sections})
    run = Run(1, "planted", experiment, torch.device("cpu"))
    run.advance(steps)
    return run


def trained_on(loss: str) -> dict[str, Any]:
    return {"batch_size": 0, "steps": 400, "loss": loss}


LINEAR = {"kind": "linear"}
RELUS = {"kind": "mlp", "hidden": [8], "activation": "relu"}
SIGMOIDS = {"kind": "mlp", "hidden": [8, 1], "activation": "sigmoid", "output_layer": False}
PLANTED: list[tuple[str, Any, Any, int, dict[str, Any]]] = [
    ("unscaled", 1_000 * X, np.sin(3 * X), 400, {}),
    ("unscaled", X, 1e6 * (2 + X), 400, {}),
    ("unscaled", 50 + X, np.sin(3 * X), 300, {}),
    ("out-of-reach", X, np.sin(3 * X), 400, {"model": SIGMOIDS}),
    ("unpredictable", np.repeat(X[::2], 2), np.tile([1.0, -1.0], 200) + X, 400, {}),
    ("unpredictable", X, NOISE, 400, {}),
    ("unpredictable", np.repeat(X[::2], 2), np.tile([1.0, -1.0], 200) + X, 400, {"training": trained_on("mae")}),
    ("unpredictable", np.repeat(X[::2], 2), np.tile([3.0, -3.0], 200) + X, 400, {"training": trained_on("huber")}),
    ("unpredictable", np.repeat(X[::2], 2), np.tile([1, 0], 200), 400, {"training": trained_on("bce-with-logits")}),
    ("linear-network", X, X**2, 2_000, {"model": LINEAR}),
    ("step-too-small", X, np.sin(3 * X), 400, {"optimizer": {"kind": "adam", "lr": 1e-6}}),
    ("learning", X, np.sin(3 * X), 150, {}),
    ("solved", X, np.sin(3 * X), 1_500, {}),
]


@pytest.mark.parametrize(("code", "x", "y", "steps", "sections"), PLANTED)
def test_a_planted_cause_is_the_first(
    tmp_path: Path, code: str, x: Any, y: Any, steps: int, sections: dict[str, Any]
) -> None:
    assert causes(tmp_path, x, y, steps, **sections)[0] == code


def test_a_frequency_that_is_not_learned_is_told_in_cycles(tmp_path: Path) -> None:
    found = run_of(tmp_path, X, np.sin(2 * math.pi * 8 * X), 400).observe(View()).causes
    assert found[-1].code == "underfit"
    assert found[-1].figures["cycles"] == pytest.approx(16, abs=0.5)


def test_a_network_without_biases_lacks_them(tmp_path: Path) -> None:
    model = {"kind": "mlp", "hidden": [8], "activation": "relu", "bias": False}
    assert "no-bias" in causes(tmp_path, X, np.maximum(0, X - 0.3), 1_500, model=model)
    assert "no-bias" not in causes(tmp_path, X, np.maximum(0, X), 10, model=model)


def test_the_slow_direction_of_a_line_is_told(tmp_path: Path) -> None:
    sections = {"model": LINEAR, "optimizer": {"kind": "sgd", "lr": 1e-4}}
    assert "ill-conditioned" in causes(tmp_path, 50 + 10 * X, 3 * X, 500, **sections)


def test_a_table_that_says_nothing_else_is_solved_at_a_thousandth_of_its_variance(tmp_path: Path) -> None:
    run = run_of(tmp_path, X, 100 * X, 0)
    assert run.experiment.training.solved_below == pytest.approx(1e-3 * np.var(100 * X))
    given = run_of(tmp_path, X, 100 * X, 0, training={"solved_below": 1e-6, "batch_size": 0})
    assert given.experiment.training.solved_below == 1e-6


def test_baselines_are_those_of_the_rows(tmp_path: Path) -> None:
    found = run_of(tmp_path, X, 2 * X + NOISE, 0).measured.judge.samples.baselines
    fitted = np.polyfit(X, 2 * X + NOISE, 1)
    assert found.mean == pytest.approx(np.var(2 * X + NOISE), rel=1e-4)
    assert found.line == pytest.approx(np.mean((np.polyval(fitted, X) - 2 * X - NOISE) ** 2), rel=1e-4)
    assert found.data is None


def test_the_summary_of_many_seeds_tells_how_many_are_solved(tmp_path: Path) -> None:
    training = {"batch_size": 0, "steps": 1_500, "replicas": 8}
    run = run_of(tmp_path, X, np.sin(3 * X), 1_500, training=training)
    summary = summary_of(run)
    assert summary["verdict"]["text"].endswith(run.measured.population.told())
    assert summary["verdict"] == summary["causes"][0]


def test_a_brief_picture_takes_no_trial(tmp_path: Path) -> None:
    run = run_of(tmp_path, X, np.sin(3 * X), 400, optimizer={"kind": "adam", "lr": 1e-6})
    assert [cause.code for cause in run.observe(View(), brief=True).causes] == ["underfit"]
    assert run.observe(View()).causes[0].code == "step-too-small"


def test_live_no_trial_is_made_of_a_network_that_is_too_large_for_some_steps(tmp_path: Path) -> None:
    run = run_of(tmp_path, X, np.sin(3 * X), 1, model={"kind": "mlp", "hidden": [512, 512]}, training={"batch_size": 0})
    assert "fall" not in {name for cause in run.observe(View(), live=True).causes for name in cause.figures}
    examination, judged = run.measured.judge._examination, run.measured.judge
    assert np.isnan(examination._trials.values).all()
    judged.causes(run.measured.reading(), 0)
    assert np.isfinite(examination._trials.values).all()


def test_what_was_looked_into_does_not_change_the_losses(tmp_path: Path) -> None:
    looked, not_looked = (run_of(tmp_path, X, np.sin(3 * X), 40, optimizer="rmsprop") for _ in range(2))
    looked.observe(View())
    for run in (looked, not_looked):
        run.advance(20)
    assert torch.equal(looked.trainer.parameters, not_looked.trainer.parameters)
