"""Learning rates that go with the steps, against torch's schedulers."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import dump, load
from tests.engine.experiments import experiment, seen
from tests.engine.training.test_step import batch_of, plain_mlp

CPU = torch.device("cpu")
SCHEDULES: list[tuple[dict[str, Any], type[lr_scheduler.LRScheduler], dict[str, Any]]] = [
    ({"kind": "step", "step_size": 7, "gamma": 0.3}, lr_scheduler.StepLR, {"step_size": 7, "gamma": 0.3}),
    ({"kind": "step", "step_size": 10}, lr_scheduler.StepLR, {"step_size": 10}),
    ({"kind": "cosine", "T_max": 20}, lr_scheduler.CosineAnnealingLR, {"T_max": 20}),
    (
        {"kind": "cosine", "T_max": 50, "eta_min": 0.004},
        lr_scheduler.CosineAnnealingLR,
        {"T_max": 50, "eta_min": 0.004},
    ),
    ({"kind": "linear"}, lr_scheduler.LinearLR, {}),
    (
        {"kind": "linear", "start_factor": 1.0, "end_factor": 0.0, "total_iters": 30},
        lr_scheduler.LinearLR,
        {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 30},
    ),
]


def scheduled(optimizer: str = "sgd", lr: float = 0.02, replicas: int = 1, **schedule: Any) -> Experiment:
    return experiment(
        target="magnitude",
        model={"kind": "mlp", "hidden": [3]},
        optimizer={"kind": optimizer, "lr": lr},
        training={"dtype": "float64", "replicas": replicas, "schedule": schedule},
    )


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
@pytest.mark.parametrize(("schedule", "kind", "options"), SCHEDULES)
def test_training_is_that_of_torch_with_its_scheduler(
    schedule: dict[str, Any], kind: Any, options: dict[str, Any], optimizer: str
) -> None:
    trainer = Trainer(scheduled(optimizer, **schedule), CPU)
    module = plain_mlp(2, 3, 1).double()
    nn.utils.vector_to_parameters(trainer.parameters[0].clone(), module.parameters())
    classes = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}
    plain = classes[optimizer](module.parameters(), lr=0.02)
    scheduler, losses, rates = kind(plain, **options), [], []
    for step in range(45):
        batch = batch_of(trainer, step)
        plain.zero_grad()
        loss = ((module(batch.x[0]) - batch.y[0]) ** 2).mean()
        loss.backward()
        rates.append(plain.param_groups[0]["lr"])
        plain.step()
        scheduler.step()
        losses.append(loss.detach())
    torch.testing.assert_close(trainer.advance(45)[:, 0], torch.stack(losses), rtol=1e-9, atol=1e-12)
    shown = Trainer(scheduled(optimizer, **schedule), CPU)
    for rate in rates[:12]:
        assert float(shown.rates) == pytest.approx(rate, rel=1e-12)
        shown.advance(1)


def test_losses_are_bit_identical_whatever_the_chunks() -> None:
    chosen = scheduled("adam", kind="cosine", T_max=20)
    whole, pieces = Trainer(chosen, CPU).advance(60), Trainer(chosen, CPU)
    assert torch.equal(whole, torch.cat([pieces.advance(count) for count in (1, 2, 17, 40)]))


def run_of(**schedule: Any) -> Run:
    return Run(0, "scheduled", scheduled(**schedule), CPU)


def test_the_header_shows_the_present_rate() -> None:
    run = run_of(kind="step", step_size=10)
    run.advance(25)
    assert seen(run, View()).trained.lr == pytest.approx(0.02 * 0.01)


def runner_of(**schedule: Any) -> Runner:
    runner = Runner(lambda name: (name, scheduled(**schedule)), "scheduled", scheduled(**schedule), engine="eager")
    runner.open()
    return runner


def test_halving_the_rate_goes_on_with_the_schedule() -> None:
    runner = runner_of(kind="step", step_size=10)
    runner.advance(15)
    runner.apply(parse("scale-lr:0.5"))
    assert float(runner.current.trainer.rates) == pytest.approx(0.5 * 0.02 * 0.1)


def test_another_start_begins_the_schedule_anew_and_undo_goes_back_to_the_old_one() -> None:
    runner = runner_of(kind="step", step_size=10)
    runner.advance(15)
    runner.apply(parse("reinitialize"))
    assert float(runner.current.trainer.rates) == pytest.approx(0.02)
    runner.advance(10)
    assert float(runner.current.trainer.rates) == pytest.approx(0.002)
    runner.apply(parse("undo"))
    assert float(runner.current.trainer.rates) == pytest.approx(0.002 * 0.1)


def test_what_is_held_stays_although_the_schedule_has_a_least_rate() -> None:
    runner = runner_of(kind="cosine", T_max=10, eta_min=0.01)
    runner.advance(5)
    runner.apply(parse("hold"))
    held = runner.current.trainer.parameters.clone()
    runner.advance(5)
    assert torch.equal(runner.current.trainer.parameters, held)


def test_a_remedy_begins_where_the_schedule_does() -> None:
    run = run_of(kind="linear", start_factor=1.0, end_factor=0.0, total_iters=10)
    run.advance(20)
    assert float(run.trainer.rates) == 0
    run.treat("clip-gradient")
    assert float(run.trainer.rates) == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("schedule", "line"),
    [
        ('{ kind = "cosin", T_max = 5 }', r'training.schedule.kind: unknown schedule "cosin", .*did you mean cosine\?'),
        ('"cosine"', "training.schedule.T_max: missing, expected a whole number"),
        ('{ kind = "step", step = 5 }', "training.schedule.step: unknown key, .*did you mean step_size"),
        ('{ kind = "step", step_size = 0 }', "training.schedule.step_size: expected at least 1, got 0"),
        ('{ kind = "linear", end_factor = 2.0 }', "training.schedule.end_factor: expected at most 1"),
    ],
)
def test_a_wrong_schedule_is_named_with_its_place(schedule: str, line: str, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(f'target = "abs"\nmodel = "mlp"\n[training]\nschedule = {schedule}\n')
    with pytest.raises(PresetError, match=line):
        load(str(tmp_path / "wrong.toml"))


@pytest.mark.parametrize("schedule", [schedule for schedule, _, _ in SCHEDULES])
def test_a_shown_schedule_is_the_same_again(schedule: dict[str, Any], tmp_path: Path) -> None:
    shown = scheduled(**schedule)
    (tmp_path / "shown.toml").write_text(dump(shown))
    assert load(str(tmp_path / "shown.toml"))[1] == shown
    again = load(str(tmp_path / "shown.toml"), [("training.schedule.kind", "none")])[1]
    assert again.training.schedule.kind == "none"
