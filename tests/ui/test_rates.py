"""The pane of the learning rates that a remedy has tried."""

from dataclasses import replace

import numpy as np
import pytest
from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot, Sweep, Trained
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.ui.arrangement import relevant
from periodic_tui.ui.panes import PANES
from periodic_tui.ui.panes.rates import RatesPane, loss_at
from tests.ui.scripted import MAGNITUDE, framed, nowhere

RATES = np.logspace(-5, -1, 5)
SWEPT = replace(
    MAGNITUDE,
    sweep=Sweep(RATES, np.array([0.9, 0.7, 0.01, 0.3, np.inf]), 1.0, 200, 1_234),
    trained=Trained(lr=1e-3),
)


def drawn(snapshot: Snapshot, size: Size) -> Cells:
    with nowhere():
        return RatesPane().draw(snapshot, size)


def marked(snapshot: Snapshot) -> tuple[int, int]:
    """Column and row of the rate that the run has."""
    cells = drawn(snapshot, Size(58, 14))
    left = cells.text()[1].index("│")
    places = np.argwhere((cells.glyphs == ord("●")) & (cells.ink == Ink.MARK)).tolist()
    [(row, column)] = [place for place in places if place[1] < 49]
    return column - left, row


def test_the_rate_in_use_is_marked_on_the_curve_and_moves_with_it() -> None:
    chosen, halved, best = (marked(replace(SWEPT, trained=Trained(lr=lr))) for lr in (1e-3, 5e-4, 1e-2))
    assert halved[0] < chosen[0] < best[0]
    assert chosen[1] > best[1] > 0
    assert halved[1] < chosen[1], "halfway up to what was tried before"


def test_between_two_trials_the_loss_is_on_the_line_of_the_logarithms() -> None:
    assert loss_at(SWEPT.sweep, 1e-3) == pytest.approx(0.01)
    assert loss_at(SWEPT.sweep, np.sqrt(1e-3 * 1e-4)) == pytest.approx(np.sqrt(0.01 * 0.7))
    for rounded in (1e-2 * (1 - 1e-7), 1e-2 * (1 + 1e-7)):
        assert loss_at(SWEPT.sweep, rounded) == pytest.approx(0.3)
    for beside in (0.0, 9e-6, 0.011, 1.0):
        assert np.isnan(loss_at(SWEPT.sweep, beside))


def test_it_tells_how_long_each_was_tried_and_from_where() -> None:
    rows = framed(RatesPane, SWEPT, (58, 14))
    assert "loss after 200 steps of copies from step 1,234" in rows[-1]
    assert any("before" in row for row in rows)


def test_it_is_there_only_once_something_was_tried() -> None:
    assert RatesPane in relevant(PANES, SWEPT)
    assert RatesPane not in relevant(PANES, MAGNITUDE)


@pytest.mark.parametrize("size", [Size(0, 0), Size(1, 1), Size(7, 3), Size(200, 60)])
@pytest.mark.parametrize("snapshot", [MAGNITUDE, SWEPT, replace(SWEPT, sweep=Sweep(RATES[:1], np.ones(1), 1.0, 5, 0))])
def test_any_size_can_be_drawn(size: Size, snapshot: Snapshot) -> None:
    assert drawn(snapshot, size).rows == max(size.height, 0)
