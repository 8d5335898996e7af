"""What is remembered of earlier losses, and the verdict that rests on it."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.run import Run
from periodic_tui.engine.verdicts import loss_trend
from periodic_tui.engine.verdicts.loss_trend import LossTrend
from periodic_tui.engine.verdicts.rules.course import course, has_fallen
from tests.engine.experiments import experiment


def filled(steps: int, loss: Callable[[int], float], cost: float = 0.0) -> LossTrend:
    past = LossTrend(cost)
    for step in range(steps + 1):
        if step >= past.due:
            past.remember(step, np.array([loss(step)]))
    return past


def medians(past: LossTrend, step: int, now: float) -> tuple[float, float]:
    found = past.medians(step, np.array([now]))
    assert found is not None
    return float(found[0][0]), float(found[1][0])


@pytest.mark.parametrize("steps", [400, 1_234, 50_000])
def test_the_medians_of_a_steady_fall_are_those_of_all_steps(steps: int) -> None:
    """Within half of the distance between two readings."""

    def loss(step: int) -> float:
        return 3 - 2 * step / steps

    all_steps = np.array([loss(step) for step in range(steps + 1)])
    before, lately = medians(filled(steps, loss), steps, loss(steps))
    assert before == pytest.approx(np.median(all_steps[int(0.6 * steps) + 1 : int(0.8 * steps) + 1]), abs=0.03)
    assert lately == pytest.approx(np.median(all_steps[int(0.8 * steps) + 1 :]), abs=0.03)


def test_one_reading_that_is_off_decides_nothing() -> None:
    past = filled(1_000, lambda step: 1.0)
    assert medians(past, 1_000, 0.1) == (1.0, 1.0)


def test_the_first_steps_are_compared_with_the_start() -> None:
    past = filled(0, lambda step: 5.0)
    assert past.medians(0, np.array([5.0])) is None
    assert medians(past, 1, 4.0) == (5.0, 4.0)


@pytest.mark.parametrize(("cost", "most"), [(0.0, 800), (10.0, 70)])
def test_few_losses_are_kept_of_a_long_run(cost: float, most: int) -> None:
    assert len(filled(200_000, lambda step: 1.0, cost)._steps) < most


def test_of_very_many_replicas_only_the_losses_that_tell_the_trend_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = filled(5_000, float)
    monkeypatch.setattr(loss_trend, "_NUMBERS", 10)
    few = filled(5_000, float)
    assert len(few._steps) < len(whole._steps) / 2
    assert medians(few, 5_000, 5e3) == medians(whole, 5_000, 5e3)


def test_what_was_before_the_parameters_were_placed_does_not_count() -> None:
    past = filled(1_000, lambda step: 1.0)
    past.begin(1_000)
    assert past.medians(1_000, np.array([1.0])) is None
    past.remember(1_000, np.array([5.0]))
    assert medians(past, 1_010, 4.0) == (5.0, 4.0)


def test_what_is_not_finite_is_the_largest() -> None:
    past = filled(10, lambda step: np.nan if step > 4 else 1.0)
    assert medians(past, 10, 2.0)[0] == np.inf


def test_each_replica_has_its_own() -> None:
    past = LossTrend()
    for step in range(11):
        past.remember(step, np.array([1.0, 2.0, 3.0]) * (11 - step))
    found = past.medians(10, np.array([2.0]), slice(1, 2))
    assert found is not None
    assert [values.tolist() for values in found] == [[2 * 3.5], [2 * 1.5]]


def small_networks(lr: float, seed: int, replicas: int, batch_size: int = 0) -> Run:
    spec = experiment(
        target={"kind": "sine", "frequency": 2.0},
        domain={"train": [[-3.0, 3.0]], "points": 100, "spacing": "even"},
        model={"kind": "mlp", "hidden": [16], "activation": "tanh"},
        optimizer={"kind": "sgd", "lr": lr},
        training={"batch_size": batch_size, "seed": seed, "replicas": replicas, "dtype": "float64"},
    )
    return Run(1, "test", spec, torch.device("cpu"))


@pytest.mark.parametrize(("lr", "batch_size"), [(0.2, 0), (0.1, 8)])
def test_who_is_said_to_learn_does_so_by_the_losses_of_all_steps(lr: float, batch_size: int) -> None:
    """At the edge of stability, and under minibatches, where two single readings are wrong about one in four."""
    run = small_networks(lr, 2, 64, batch_size)
    losses: list[Floats] = []
    for _ in range(2_000):
        run.advance(1)
        losses.append(run.observer.loss(run.trainer.parameters))
    every = np.stack(losses)
    falls = np.median(every[1_600:], axis=0) < 0.98 * np.median(every[1_200:1_600], axis=0)
    evidence = run.measured.judge.evidence(run.reading(), slice(0, 64))
    wrong = (evidence.loss_lately < 0.98 * evidence.loss_before) != falls
    by_two_readings = (every[-1] < 0.98 * every[1_599]) != falls
    assert wrong.mean() < 0.1 < 0.2 < by_two_readings.mean()
    said, (before, lately, _) = has_fallen(evidence), course(evidence)
    assert (said & ~falls).mean() < 0.01
    fell = np.log(np.median(every[1_200:1_600], axis=0) / np.median(every[1_600:], axis=0))
    assert np.abs(np.log(before / lately) - fell)[said].max() < 0.15


def test_one_that_had_nothing_to_remember_yet_is_recalled_by_one_that_has() -> None:
    """As the checkpoint of a run whose parameters were placed anew, by a run that has begun."""
    present = filled(40, lambda step: 1.0)
    present.recall(LossTrend().remembered())
    assert present.remembered()["steps"] == []
    assert present.due == 0
