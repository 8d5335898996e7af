"""The loss of predicting the last known value, where inputs of a table are earlier values of an output."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import Baselines
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.verdicts.rules import verdict_of
from tests.engine.experiments import experiment
from tests.engine.verdicts.evidence import evidence, samples

SERIES = np.random.default_rng(0).normal(size=(300, 2)).cumsum(0)


def lagged(*lags: int) -> NDArray[np.float64]:
    """Columns of the first series, each so many rows earlier, and at last as it is, from the row on that all know."""
    most = max(lags)
    return np.column_stack([SERIES[most - lag : len(SERIES) - lag, 0] for lag in (*lags, 0)])


def run_of(folder: Path, columns: NDArray[np.float64], outputs: int = 1, loss: str = "mse", **target: Any) -> Run:
    names = [f"c{number}" for number in range(columns.shape[1])]
    np.savetxt(folder / "rows.csv", columns, fmt="%.17g", delimiter=",", header=",".join(names), comments="")
    table = {"kind": "csv", "path": str(folder / "rows.csv"), "x": names[:-outputs], "y": names[-outputs:]}
    training = {"dtype": "float64", "loss": loss, "batch_size": 0}
    return Run(0, "rows", experiment(target=table | target, model="mlp", training=training), torch.device("cpu"))


def persistence(*arguments: Any, **options: Any) -> float | None:
    found: float | None = summary_of(run_of(*arguments, **options))["baselines"]["persistence"]
    return found


@pytest.mark.parametrize("lags", [(1,), (3, 2, 1), (7, 24), (12,)])
def test_the_latest_lag_is_the_last_known_value(lags: tuple[int, ...], tmp_path: Path) -> None:
    rows, nearest = lagged(*lags), min(lags)
    expected = ((rows[:, lags.index(nearest)] - rows[:, -1]) ** 2).mean()
    assert persistence(tmp_path, rows) == pytest.approx(expected)
    assert expected == pytest.approx(((rows[nearest:, -1] - rows[:-nearest, -1]) ** 2).mean(), rel=0.1)


def test_it_is_in_the_units_of_the_loss_and_of_the_data(tmp_path: Path) -> None:
    rows = lagged(2, 1)
    expected = np.abs(rows[:, 1] - rows[:, 2]).mean()
    assert persistence(tmp_path, rows, loss="mae") == pytest.approx(expected)
    assert persistence(tmp_path, rows, loss="mae", standardize=True) == pytest.approx(expected)


def test_rows_that_are_missing_do_not_hide_a_lag(tmp_path: Path) -> None:
    rows = np.delete(lagged(2, 1), [40, 41, 160], axis=0)
    assert persistence(tmp_path, rows) == pytest.approx(((rows[:, 1] - rows[:, 2]) ** 2).mean())


def test_the_order_of_time_is_that_of_the_column_that_says_so(tmp_path: Path) -> None:
    rows = np.column_stack([np.arange(299.0), lagged(1)])
    mixed = np.random.default_rng(1).permutation(rows)
    assert persistence(tmp_path, mixed, test=0.2) is None
    kept = rows[: 299 - round(0.2 * 299)]
    found = persistence(tmp_path, mixed, test=0.2, order_by="c0")
    assert found == pytest.approx(((kept[:, 1] - kept[:, 2]) ** 2).mean())


def test_every_output_needs_a_lag_of_its_own(tmp_path: Path) -> None:
    rows = np.column_stack([SERIES[:-1, 1], SERIES[:-1, 0], SERIES[1:]])
    expected = np.mean((rows[:, [1, 0]] - rows[:, 2:]) ** 2)
    assert persistence(tmp_path, rows, 2) == pytest.approx(expected)
    assert persistence(tmp_path, np.column_stack([SERIES[:-1, 0], SERIES[1:]]), 2) is None


PARITY = np.arange(64.0) % 2
NO_LAGS = {
    "another series": np.column_stack([SERIES[:, 1], SERIES[:, 0]]),
    "a later value": np.column_stack([SERIES[1:, 0], SERIES[:-1, 0]]),
    "the output itself": np.column_stack([PARITY, np.arange(64) // 2 % 2, PARITY]),
    "too few rows": lagged(1)[:16],
    "a constant": np.column_stack([np.arange(64.0), np.ones(64)]),
}


@pytest.mark.parametrize("name", NO_LAGS)
def test_what_is_no_lag_is_none(name: str, tmp_path: Path) -> None:
    assert persistence(tmp_path, NO_LAGS[name]) is None


@pytest.mark.parametrize("more", [{}, {"noise_share": 0.95}])
def test_what_the_last_value_gets_is_told_beside_the_loss(more: dict[str, Any]) -> None:
    levels = Baselines(1.0, 0.8, persistence=0.3)
    told, untold = (
        verdict_of(evidence(loss=0.7, samples=samples(baselines=each), **more)).text
        for each in (levels, replace(levels, persistence=None))
    )
    assert told == untold.replace("0.8)", "0.8, the last value 0.3)").replace("1)", "1, the last value 0.3)")
