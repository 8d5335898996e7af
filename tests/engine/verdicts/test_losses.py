"""What is judged under losses other than the squared error: against the best constant in their own units."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.run import Run
from periodic_tui.engine.summary import summary_of
from tests.engine.experiments import experiment
from tests.engine.verdicts.evidence import SIGMOID, evidence, samples
from tests.engine.verdicts.test_rules import SLOW, holds

X = np.linspace(0.0, 1_000.0, 200)
WAVE = 30 * np.sin(X / 100)
MAE = {"target_std": 21.2, "constant_loss": 19.1}
"""Of that wave: a loss of 2 leaves a tenth, and is below a hundredth of the variance, 4.5."""


def causes(folder: Path, y: Any, loss: str, steps: int = 300, **sections: Any) -> list[str]:
    np.savetxt(folder / "rows.csv", np.column_stack([X, y]), delimiter=",", header="x,y", comments="")
    first: dict[str, Any] = {
        "target": {"kind": "csv", "path": str(folder / "rows.csv"), "x": ["x"], "y": ["y"]},
        "model": {"kind": "mlp", "hidden": [10], "activation": "tanh"},
        "optimizer": {"kind": "adam", "lr": 0.01},
        "training": {"loss": loss, "batch_size": 0, "steps": steps},
    }
    run = Run(0, loss, experiment(**first | sections), torch.device("cpu"))
    run.advance(steps)
    return [cause["code"] for cause in summary_of(run)["causes"]]


def test_what_counts_as_good_is_a_share_of_the_best_constants_loss() -> None:
    (found,) = evidence(loss=2.0, **MAE).explained
    assert found == pytest.approx(1 - 2 / 19.1)
    assert not evidence(loss=0.192, **MAE).good[0]
    assert evidence(loss=0.190, **MAE).good[0]


def test_a_step_is_too_small_until_the_loss_is_a_hundredth_of_the_best_constants() -> None:
    """Not of the variance, which a loss in the unit of y is not comparable with."""
    assert holds("step-too-small", {**SLOW, **MAE, "loss": 2.0})
    assert not holds("step-too-small", {**SLOW, "target_std": 21.2, "loss": 2.0})
    bce = {"target_std": 0.3, "constant_loss": 0.325}
    assert not holds("step-too-small", {**SLOW, **bce, "loss": 0.0032, "fall": 1e-3, "fall_larger": 1.0})
    assert holds("step-too-small", {**SLOW, **bce, "loss": 0.01})


@pytest.mark.parametrize(("constant", "holding"), [(24.9, True), (25.1, False)])
def test_a_floor_is_a_share_of_the_best_constants_loss(constant: float, holding: bool) -> None:
    assert holds("out-of-reach", {"output_range": SIGMOID, "constant_loss": constant, "samples": samples()}) is holding


@pytest.mark.parametrize("loss", ["mae", "huber"])
def test_an_unscaled_column_is_named_under_absolute_errors(loss: str, tmp_path: Path) -> None:
    assert causes(tmp_path, WAVE, loss)[0] == "unscaled"
    assert "unscaled" not in causes(tmp_path, WAVE, loss, target=_standardized(tmp_path))


@pytest.mark.parametrize("loss", ["bce-with-logits", "cross-entropy"])
def test_an_unscaled_column_is_named_under_cross_entropies(loss: str, tmp_path: Path) -> None:
    labels = {"labels": True} if loss == "cross-entropy" else {}
    right = WAVE > 0
    assert causes(tmp_path, right, loss, target=_rows(tmp_path) | labels)[0] == "unscaled"
    assert "unscaled" not in causes(tmp_path, right, loss, target=_standardized(tmp_path) | labels)


@pytest.mark.parametrize("loss", ["mae", "bce-with-logits"])
def test_a_step_too_small_is_named_under_every_loss(loss: str, tmp_path: Path) -> None:
    y, slow = WAVE if loss == "mae" else WAVE > 0, {"kind": "adam", "lr": 1e-6}
    assert "step-too-small" in causes(tmp_path, y, loss, target=_standardized(tmp_path), optimizer=slow)


def test_declared_noise_is_no_part_of_an_absolute_error(tmp_path: Path) -> None:
    np.savetxt(tmp_path / "rows.csv", np.column_stack([X, WAVE]), delimiter=",", header="x,y", comments="")
    for loss, noise in (("mse", 3.0), ("mae", 0.0)):
        target = _rows(tmp_path) | {"noise": 3.0}
        run = Run(0, loss, experiment(target=target, model="mlp", training={"loss": loss}), torch.device("cpu"))
        assert run.measured.judge.evidence(run.reading(), slice(0, 1)).noise == noise


def test_classes_that_are_trained_by_squared_errors_are_judged(tmp_path: Path) -> None:
    found = causes(tmp_path, WAVE > 0, "mse", 50, target=_standardized(tmp_path) | {"labels": True})
    assert found


def _rows(folder: Path) -> dict[str, Any]:
    return {"kind": "csv", "path": str(folder / "rows.csv"), "x": ["x"], "y": ["y"]}


def _standardized(folder: Path) -> dict[str, Any]:
    return _rows(folder) | {"standardize": True}
