"""What is measured stands at its own step, on its own side of a command."""

import numpy as np
import pytest
import torch
from torch import Tensor

from periodic_tui.engine import measurements
from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.training.history import History
from tests.engine.experiments import experiment, magnitude, sine


def opened(spec: Experiment, *, steps: int = 100) -> Runner:
    runner = Runner(lambda name: (name, spec), "test", spec, device="cpu", engine="eager")
    runner.open()
    runner.advance(steps)
    return runner


def ends(history: History, replica: int = 0) -> list[tuple[float, float]]:
    """First and last step of each life."""
    curve = history.curve(replica)
    return [
        (float(curve.step[curve.life == life][0]), float(curve.last[curve.life == life][-1]))
        for life in np.unique(curve.life)
    ]


@pytest.mark.parametrize("words", ["inject", "reinitialize:7"])
def test_probe_and_frequency_are_measured_just_before_and_after_a_command_and_its_undoing(words: str) -> None:
    runner = opened(sine())
    start = runner.current.observer.loss(runner.current.trainer.parameters)[0]
    runner.apply(parse(words))
    after = runner.current.observer.loss(runner.current.trainer.parameters)[0]
    runner.advance(7)
    runner.apply(parse("undo"))
    measured = runner.current.measured
    assert ends(measured.probe_losses) == [(0, 100), (100, 107), (107, 107)]
    assert ends(measured.frequencies)[1:] == [(100, 107), (107, 107)]
    assert [low for low, _ in ends(measured.train_losses)] == [0, 100]
    assert [high for _, high in ends(measured.train_losses)] == [99, 106]
    curve = measured.probe_losses.curve(0)
    assert curve.middle[curve.step == 100] == pytest.approx([start, after], rel=1e-12)
    assert curve.middle[-1] == pytest.approx(start, rel=1e-12)


def test_the_fan_of_a_population_falls_at_the_command() -> None:
    runner = opened(sine(replicas=5))
    runner.apply(parse("inject"))
    fan = runner.current.measured.population.fan.curve(2)
    assert fan.step[-2:].tolist() == [100, 100]
    assert fan.high[-2] > 0.1
    assert fan.high[-1] < 1e-9


def test_a_leap_of_one_step_after_a_command_is_seen_at_its_step() -> None:
    spec = experiment(
        target={"kind": "sine", "frequency": 31.0}, model="sine-unit", optimizer={"kind": "sgd", "lr": 1e-4}
    )
    runner = opened(spec)
    runner.apply(parse("inject"))
    trainer = runner.current.trainer
    runner.advance(2)
    trainer.state = trainer.state | {"parameters": trainer.parameters + 1.0}
    runner.advance(6)
    curve = runner.current.measured.probe_losses.curve(0)
    now = curve.life == curve.life[-1]
    assert curve.step[now].tolist() == [100, 101, 102, 103, 104, 105, 106, 107, 108]
    assert (curve.high[now] > 0.1).tolist() == [False, False, False, True, True, True, True, True, True]


def test_of_a_large_population_only_the_replica_in_focus_is_measured_before_a_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runner = opened(magnitude(replicas=3), steps=0)
    measured = runner.current.measured
    read: list[int] = []
    loss = measured.observer.loss

    def counted(parameters: Tensor) -> Floats:
        read.append(len(parameters))
        return loss(parameters)

    monkeypatch.setattr(measured.observer, "loss", counted)
    monkeypatch.setattr(measured.judge, "effort", lambda replicas: replicas / 2)
    measured.note(View(focus=99))
    assert read == [1]
    monkeypatch.setattr(measured.judge, "effort", lambda replicas: 5.0)
    measured.note(View())
    assert read == [1]


def test_measuring_does_not_touch_training() -> None:
    often, seldom = opened(magnitude(), steps=0), opened(magnitude(), steps=0)
    for _ in range(30):
        often.advance(1)
        often.current.measured.note(View())
    seldom.advance(30)
    assert torch.equal(often.current.trainer.parameters, seldom.current.trainer.parameters)


def test_in_a_new_life_no_replica_bears_the_outcome_of_the_old_one() -> None:
    runner = opened(sine(replicas=5))
    assert runner.snapshot().outcomes == {"stuck-outside-basin": 5}
    runner.apply(parse("reinitialize:7"))
    assert runner.current.measured.population.outcomes() == {"learning": 5}


def test_an_act_of_a_remedy_without_a_step_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = opened(sine())
    runner.apply(parse("remedy:widen-range"))
    runner.snapshot(live=True)
    trainer = runner.current.trainer

    def act(count: int, wanted: object) -> Tensor:
        """A command cuts it short before the first step."""
        trainer.place(torch.full_like(trainer.parameters, 30.0))
        monkeypatch.undo()
        runner.stop()
        return torch.empty(0, 1)

    monkeypatch.setattr(runner.current.treatment, "advance", act)
    assert runner.advance(1, preemptible=True) == 0
    picture = runner.snapshot(live=True)
    assert picture.omega.tolist() == [30.0]
    assert picture.loss == pytest.approx(runner.current.observer.loss(trainer.parameters)[0])


def test_a_wide_network_is_looked_at_as_often_as_its_steps_pay_for_and_its_loss_is_told_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(measurements, "_OWN", 0.5)
    wide = experiment(target="log", model={"kind": "mlp", "hidden": [400, 400]}, training={"batch_size": 64})
    runner = opened(wide, steps=0)
    judge = runner.current.measured.judge
    paid = judge.steps_of(4_096 + measurements._BESIDES) / 0.5
    assert judge.effort(1) > measurements._FREE
    pictures = []
    for _ in range(6):
        told, before = runner.report(), runner._pictures
        pictures.append(before)
        trusted = runner.current.observer.loss(runner.current.trainer.parameters)[0]
        assert told.loss == pytest.approx(trusted, rel=1e-9)
        assert told.step == runner.step
        assert told.train_loss == pytest.approx(float(runner.current.trainer.last_loss[0]), nan_ok=True)
        runner.advance(-(-int(paid) // 3))
    assert pictures == [1, 1, 1, 2, 2, 2]


def test_a_small_network_is_looked_at_each_time() -> None:
    runner = opened(sine(), steps=1)
    for _ in range(3):
        assert runner.report().omega == runner.current.trainer.parameters[0].double().numpy()
        runner.advance(1)
    assert runner._pictures == 3


def test_a_picture_on_the_way_names_of_very_many_pairs_those_of_a_first_unit_and_the_summary_all() -> None:
    runner = opened(
        experiment(
            target="log",
            model={"kind": "mlp", "hidden": [60]},
            init={"weights": {"kind": "constant", "value": 0.5}, "bias": "zeros"},
        ),
        steps=1,
    )
    (layer,) = runner.snapshot().layers
    assert layer.duplicate == tuple((0, unit) for unit in range(1, 60))
    assert layer.groups == (tuple(range(60)),)
    assert len(runner.summary()["layers"][0]["duplicate"]) == 60 * 59 // 2
