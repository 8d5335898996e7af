"""How a population is read, a part at a time; time is a number here."""

import numpy as np
import pytest

from periodic_tui.engine.arrays import Counts, Floats
from periodic_tui.engine.verdicts.population import QUANTILES, Population
from periodic_tui.engine.verdicts.rules import CODES
from tests.engine.clock import Clock

SOLVED, LEARNING, UNDERFIT = (CODES.index(code) for code in ("solved", "learning", "underfit"))


class Readings:
    """Reads replicas at a millisecond each: the loss of replica k is k."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.parts: list[tuple[int, int]] = []

    def __call__(self, part: slice) -> tuple[Floats, Counts]:
        rows = np.arange(part.start, part.stop)
        self.parts.append((part.start, part.stop))
        self.clock.now += 0.001 * len(rows)
        return rows.astype(float), np.where(rows % 2, SOLVED, UNDERFIT)


def test_a_sweep_reads_each_replica_once_and_notes_the_fan_at_its_end() -> None:
    clock = Clock()
    read, population = Readings(clock), Population(8, clock)
    for step in (10, 20, 30):
        assert not len(population.curves()[0].step)
        assert population.stale(10)
        population.sweep(step, read)
        clock.now += 0.35
    assert read.parts == [(0, 1), (1, 4), (4, 7)]
    population.sweep(40, read)
    assert read.parts[3:] == [(7, 8)]
    assert not population.stale(10)
    assert population.losses.tolist() == list(range(8))
    assert population.outcomes() == {"solved": 4, "underfit": 4}
    for curve, quantile in zip(population.curves(), QUANTILES, strict=True):
        assert curve.step.tolist() == [40]
        assert curve.high == np.quantile(np.arange(8.0), quantile, method="nearest")
    population.sweep(50, read)
    assert read.parts[4][0] == 0


@pytest.mark.parametrize(("seconds", "replicas"), [(0.01, 2), (0.19, 2), (0.55, 5), (0.95, 9), (1.2, 10), (60.0, 10)])
def test_a_part_takes_a_hundredth_of_the_time_within_two_and_ten_milliseconds(seconds: float, replicas: int) -> None:
    clock = Clock()
    read, population = Readings(clock), Population(100, clock)
    population.sweep(1, read)
    clock.now += seconds
    population.sweep(2, read)
    assert read.parts == [(0, 1), (1, 1 + replicas)]


def test_before_any_reading_all_are_learning_and_after_a_command_all_are_stale() -> None:
    population = Population(2)
    assert population.names() == ("learning", "learning")
    population.put(slice(0, 2), 5, np.array([0.1, 0.2]), np.array([SOLVED, LEARNING]))
    assert population.names() == ("solved", "learning")
    assert not population.stale(5)
    assert population.stale(6)
    population.forget()
    assert population.stale(0)


def test_who_diverged_has_an_infinite_loss_in_the_fan() -> None:
    population = Population(5)
    population.put(slice(0, 5), 1, np.array([np.nan, 1.0, 2.0, np.inf, 3.0]), np.full(5, LEARNING))
    population.note(1)
    assert [curve.high.tolist() for curve in population.curves()] == [[1.0], [2.0], [3.0], [np.inf], [np.inf]]


def test_a_population_tells_how_many_are_solved_and_what_became_of_the_others() -> None:
    population = Population(4)
    population.put(slice(4), 10, np.array([1e-9, 0.5, 0.25, 0.75]), np.array([SOLVED, UNDERFIT, LEARNING, UNDERFIT]))
    assert population.told() == "1 of 4 seeds are solved; the others: 2 underfit, 1 learning, median loss 0.5."
    population.put(slice(4), 20, np.full(4, 1e-9), np.full(4, SOLVED))
    assert population.told() == "All 4 seeds are solved."
