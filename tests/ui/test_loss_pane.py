"""The loss pane, against the plain sequence of losses."""

from dataclasses import replace

import numpy as np
import pytest
from textual.geometry import Size

from periodic_tui.engine.snapshot import Baselines, Curve
from periodic_tui.engine.training.history import History
from periodic_tui.ui.panes.loss import LossPane
from tests.ui.scripted import SINE, framed

STEPS = 1_000_000
SPIKES = np.array([1, 123_456, 333_333, 700_001, STEPS - 2])


@pytest.mark.parametrize("columns", [30, 60, 150])
def test_every_spike_of_a_million_steps_is_on_the_plot(columns: int) -> None:
    losses = np.random.default_rng(31).uniform(0.5, 2.0, STEPS)
    losses[SPIKES] = 1e6
    history = History(1, geometric=True)
    for first in range(0, STEPS, 3_000):
        history.add(first, losses[first : first + 3_000, None])
    run = replace(SINE, step=STEPS, events=(), train_curve=history.curve(0), probe_curve=Curve())
    lines = LossPane().draw(run, Size(columns, 30)).text()
    # Where only spikes come, and no legend.
    above = next(line for line in lines if line.startswith("1e+3┤")).partition("┤")[2]
    drawn = np.array([column for column, cell in enumerate(above) if cell != " "])
    # A bin may reach over the edge between two columns.
    away = np.abs(drawn[:, None] - SPIKES / STEPS * (len(above) - 1))
    assert away.min(1).max() <= 1
    assert away.min(0).max() <= 1


def test_the_baselines_are_dashed_lines_at_their_loss() -> None:
    history = History(1, geometric=True)
    history.add(0, np.geomspace(10, 0.01, 1_000)[:, None])
    run = replace(SINE, step=1_000, events=(), train_curve=history.curve(0), probe_curve=Curve())
    levels = replace(run, baselines=Baselines(mean=1.0, line=0.1))
    plain, drawn = (framed(LossPane, each, (62, 22)) for each in (run, levels))
    assert not any("mean" in line or "line" in line for line in plain)
    assert [name for name in ("mean", "line", "data") if any(name in line for line in drawn)] == ["mean", "line"]
    rows = [line for line in drawn if line.count("┄") > 20]
    assert [row.partition("┤")[0].strip("│ ") for row in rows] == ["1e+0", "1e-1"]


def test_a_line_that_is_no_better_than_the_mean_is_left_out() -> None:
    run = replace(SINE, baselines=Baselines(mean=1.0, line=0.99, data=0.0))
    lines = framed(LossPane, run, (62, 22))
    assert any("mean" in line for line in lines)
    assert not any("line" in line or "data" in line for line in lines)


def test_the_loss_of_the_last_value_is_a_pale_line_where_it_is_known() -> None:
    for persistence, seen in ((0.3, True), (0.0, False), (None, False)):
        run = replace(SINE, baselines=Baselines(mean=1.0, line=0.1, persistence=persistence))
        assert any("last value" in line for line in framed(LossPane, run, (62, 22))) is seen
