"""What is measured of very many replicas: by the work of the steps, never by the time, and no more than some of it."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch

from periodic_tui.engine import measurements
from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.training_options import MAX_REPLICAS
from periodic_tui.engine.diagnostics.probe import Probe
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.engine.verdicts import judge
from periodic_tui.engine.verdicts.rules import CODES
from tests.engine.experiments import experiment, magnitude, sine

FEW = experiment(
    target="magnitude",
    domain={"distribution": "normal"},
    model={"kind": "mlp", "hidden": [3]},
    optimizer={"kind": "adam", "lr": 1e-3},
    training={"replicas": 90, "batch_size": 4},
)


def opened(spec: Experiment, clock: Callable[[], float] = lambda: 0.0) -> Runner:
    runner = Runner(lambda name: (name, spec), "test", spec, device="cpu", engine="eager", clock=clock)
    runner.open()
    return runner


def ticking(seconds: float) -> Callable[[], float]:
    """A clock that goes on by so much whenever it is looked at."""
    ticks = itertools.count()
    return lambda: seconds * next(ticks)


def read_at(runner: Runner) -> list[int]:
    steps: list[int] = runner.current.measured.population._read_at.tolist()
    return steps


def test_in_passing_as_many_are_read_as_the_steps_allow_whatever_the_clock_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measurements, "_READ", 0.5)
    runs = []
    for seconds in (0.0, 50.0):
        runner = opened(FEW, ticking(seconds))
        for _ in range(4):
            runner.advance(100)
            runner.snapshot()
        runs.append(read_at(runner))
    assert runs[0] == runs[1]
    each = runner.current.measured.judge.steps_of(4_096)
    assert each == 4_096 * 113 / (4 * 77), "a reading takes as long as so many steps"
    assert int(0.5 * 100 * 90 / each) == 2
    assert [runs[0].count(step) for step in (-1, 100, 200, 300, 400)] == [82, 1, 2, 2, 3], "the one in focus each time"


def test_of_few_replicas_all_are_read_at_each_picture() -> None:
    runner = opened(magnitude(replicas=12), lambda: 0.0)
    runner.advance(3)
    runner.snapshot()
    assert read_at(runner) == [3] * 12


def test_the_summary_is_of_everybody() -> None:
    runner = opened(FEW)
    runner.advance(40)
    runner.snapshot()
    assert sum(runner.summary()["outcomes"].values()) == 90
    assert read_at(runner) == [40] * 90


def test_the_trend_of_many_is_told_on_a_part_of_the_probe_and_compared_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "_CHEAP", 1e-9)
    runner = opened(FEW)
    judging = runner.current.measured.judge
    observer, parameters = runner.current.observer, runner.current.trainer.parameters
    part = observer.loss(parameters, observer.probe.part(256))
    assert judging.remember(0) == pytest.approx(part)
    assert np.abs(part / observer.loss(parameters) - 1).max() > 1e-3
    runner.advance(60)
    now = observer.loss(runner.current.trainer.parameters, observer.probe.part(256))
    found = judging.evidence(observer.read(runner.current.trainer.parameters), slice(0, 90), brief=True)
    assert found.loss == pytest.approx(observer.loss(runner.current.trainer.parameters))
    expected = judging.trend.medians(60, now)
    assert expected is not None
    assert found.loss_before == pytest.approx(expected[0] * found.loss / now), "as the loss on all of it is"
    assert found.loss_in_last == pytest.approx(expected[1] * found.loss / now)


def test_who_is_solved_by_a_part_of_the_probe_alone_is_not_said_to_have_been(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = opened(FEW)
    judging, observer = runner.current.measured.judge, runner.current.observer
    near = observer.probe.x.norm(dim=1).argsort()[:256]
    monkeypatch.setattr(judging, "_part", Probe(observer.probe.x[near], observer.probe.y[near]))
    parameters = runner.current.trainer.parameters
    part, whole = observer.loss(parameters, judging._part), observer.loss(parameters)
    low = np.median(whole)
    training = runner.current.experiment.training.model_copy(update={"solved_below": float(low)})
    runner.current.trainer.experiment = runner.current.experiment.model_copy(update={"training": training})
    judging.remember(1)
    solved = ~np.isnan(judging._solved_at)
    assert solved.tolist() == ((part <= low) & (whole <= low)).tolist()
    assert 0 < solved.sum() < (part <= low).sum()


def test_frequencies_of_very_many_are_sampled_some_steps_apart_and_at_every_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measurements, "_SAMPLED", 8)
    runner = opened(sine(replicas=40))
    for _ in range(12):
        runner.advance(1)
    assert runner.current.measured.frequencies.curve(0).step.tolist() == [0, 5, 10]
    runner.snapshot()
    assert runner.current.measured.frequencies.curve(39).step.tolist() == [0, 5, 10, 12]


def test_a_picture_tells_the_code_of_each_replica() -> None:
    runner = opened(sine(replicas=5))
    runner.advance(100)
    picture: Snapshot = runner.snapshot()
    assert picture.outcome_codes == CODES
    assert picture.outcome_of is not None
    assert [CODES[code] for code in picture.outcome_of] == ["stuck-outside-basin"] * 5
    assert picture.outcomes == {"stuck-outside-basin": 5}


@pytest.mark.slow
def test_the_largest_population_trains_is_pictured_and_saved() -> None:
    spec = magnitude(replicas=MAX_REPLICAS, batch_size=2)
    runner = opened(spec)
    runner.advance(2)
    picture = runner.snapshot(live=True)
    assert (picture.step, picture.replicas) == (2, 65_536)
    assert sum(picture.outcomes.values()) == 65_536
    single = opened(magnitude(batch_size=2, seed=65_535))
    single.advance(2)
    last = runner.current.trainer.parameters[-1:]
    assert torch.allclose(last, single.current.trainer.parameters, rtol=0, atol=1e-6)


def test_more_replicas_are_refused() -> None:
    with pytest.raises(ValueError, match="less than or equal to 65536"):
        magnitude(replicas=MAX_REPLICAS + 1)


def test_a_curve_of_each_replica_is_its_own() -> None:
    runner = opened(FEW)
    losses: list[Floats] = []
    for _ in range(6):
        runner.advance(1)
        losses.append(runner.current.trainer.last_loss.numpy().copy())
    for replica in (0, 89):
        curve = runner.current.measured.train_losses.curve(replica)
        assert curve.low.tolist() == [float(loss[replica]) for loss in losses]
        assert curve.step.tolist() == [0, 1, 2, 3, 4, 5]
