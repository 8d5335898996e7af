"""Which replicas a slow figure is measured of, and when; time is a number here."""

import numpy as np
import pytest

from periodic_tui.engine.arrays import Counts, Floats
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.verdicts.slow_figures import CREDIT, TOGETHER, Part, SlowFigure
from tests.engine.clock import Clock

ALL = np.arange(3)


class Measurement:
    """Takes 10 ms, and gives a new number to every replica that it is asked about."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.asked: list[list[int]] = []

    def __call__(self, rows: Counts) -> Floats:
        self.clock.now += 0.01
        self.asked.append(rows.tolist())
        return np.full(len(rows), float(len(self.asked)))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def measure(clock: Clock) -> Measurement:
    return Measurement(clock)


def test_nothing_is_known_before_it_is_measured() -> None:
    assert np.isnan(SlowFigure(3, Budget(0.01)).values).all()


def test_in_full_all_are_measured_at_once(clock: Clock, measure: Measurement) -> None:
    figure = SlowFigure(3, Budget(0.01, clock))
    figure.update(ALL[:2], measure, live=False)
    figure.update(ALL[1:], measure, live=False)
    assert figure.values.tolist() == [1, 2, 2]


def test_live_the_oldest_is_measured_within_a_hundredth_of_the_time(clock: Clock, measure: Measurement) -> None:
    figure = SlowFigure(3, Budget(0.01, clock))
    for _ in range(400):
        figure.update(ALL, measure, live=True)
        clock.now += 0.01
    assert measure.asked == [[0], [1], [2], [0]]
    assert figure.values.tolist() == [4, 2, 3]


def test_whoever_is_asked_about_for_the_first_time_goes_first(clock: Clock, measure: Measurement) -> None:
    figure = SlowFigure(3, Budget(0.01, clock))
    for rows in (ALL[:1], ALL[:1], ALL):
        figure.update(rows, measure, live=True)
        clock.now += 2.0
    assert measure.asked == [[0], [0], [1]]


@pytest.mark.parametrize("live", [True, False])
def test_of_nobody_nothing_is_measured(clock: Clock, measure: Measurement, live: bool) -> None:
    SlowFigure(3, Budget(0.01, clock)).update(ALL[:0], measure, live)
    assert not measure.asked


def test_figures_that_are_all_new_wait_for_each_other(clock: Clock) -> None:
    whole = Budget(TOGETHER, clock)
    parts = [Part(whole, clock) for _ in range(5)]
    spent = []
    for _ in range(800):
        for part in parts:
            if part.ready:
                with part.spend():
                    clock.now += 0.02
                spent.append(clock.now)
        clock.now += 0.01
    assert len(spent) == 3
    assert whole.total == pytest.approx(0.02 * len(spent))
    assert whole.total - 0.02 < CREDIT + TOGETHER * clock.now
