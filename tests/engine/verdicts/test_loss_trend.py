"""What is remembered of earlier losses, and the verdict that rests on it."""

from collections.abc import Callable

import numpy as np
import pytest

from periodic_tui.engine.verdicts.loss_trend import LossTrend


def filled(steps: int, loss: Callable[[int], float]) -> LossTrend:
    past = LossTrend()
    for step in range(steps + 1):
        if step >= past.due:
            past.remember(step, np.array([loss(step)]))
    return past


@pytest.mark.parametrize("steps", [1, 5, 9, 100, 1_234, 50_000])
def test_an_exponential_fall_is_known_exactly_at_four_fifths_of_the_steps(steps: int) -> None:
    past = filled(steps, lambda step: 3 * np.exp(-step / 300))
    past.remember(steps, np.array([3 * np.exp(-steps / 300)]))
    before = past.fifth_ago(steps)
    assert before is not None
    assert before[0] == pytest.approx(max(3 * np.exp(-0.8 * steps / 300), np.finfo(float).tiny), rel=1e-6)


def test_few_losses_are_kept_of_a_long_run() -> None:
    assert len(filled(200_000, lambda step: 1.0)._steps) < 130


def test_what_was_before_the_parameters_were_placed_does_not_count() -> None:
    past = filled(1000, lambda step: 1.0)
    past.begin(1000)
    assert past.fifth_ago(1000) is None
    past.remember(1000, np.array([5.0]))
    past.remember(1010, np.array([4.0]))
    before = past.fifth_ago(1010)
    assert before is not None
    assert 4.0 < before[0] < 5.0
