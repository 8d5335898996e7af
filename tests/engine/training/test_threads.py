"""How many threads take the steps, by rates that are made up."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.session import Session
from periodic_tui.engine.slices import Slices, finished
from periodic_tui.engine.training import stepper_choice, threads
from periodic_tui.engine.training.steppers import Eager, Stepper
from periodic_tui.engine.training.threads import ThreadChoice
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import experiment, sine

WIDE = experiment(
    target="log",
    domain={"points": 1000},
    model={"kind": "mlp", "hidden": [128, 128]},
    optimizer={"kind": "sgd", "lr": 1e-3},
    training={"batch_size": 0},
)
NARROW = sine()


class Divided(Eager):
    """A stepper of so many parts."""

    threads = 0

    def __init__(self, parts: int) -> None:
        self.parts = parts


@pytest.fixture(autouse=True)
def cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Eight of them, and torch as it was."""
    before = torch.get_num_threads()
    monkeypatch.setattr(threads, "usable_cores", lambda: 8)
    yield
    torch.set_num_threads(before)


def trainer_of(spec: Experiment = WIDE) -> Trainer:
    return Trainer(spec, torch.device("cpu"))


def settled(rates: Mapping[int, float], stepper: Stepper, trainer: Trainer, wanted: int | None = None) -> str | None:
    """What is told where a stepper with so many threads has these rates; none else may be measured."""

    def rate(stepper: Stepper) -> Slices[float]:
        yield
        return rates[stepper.threads]

    return finished(ThreadChoice(wanted).settle(stepper, trainer, rate))


@pytest.mark.parametrize(
    ("rates", "chosen"),
    [
        ({8: 700.0, 4: 400.0}, 8),
        ({8: 700.0, 4: 690.0, 2: 400.0}, 4),
        ({8: 100.0, 4: 200.0, 2: 300.0, 1: 290.0}, 1),
        ({8: 100.0, 4: 200.0, 2: 300.0, 1: 160.0}, 2),
    ],
)
def test_as_few_as_are_about_as_fast(rates: dict[int, float], chosen: int) -> None:
    trainer = trainer_of()
    told = settled(rates, trainer.stepper, trainer)
    assert trainer.stepper.threads == torch.get_num_threads() == chosen
    figures = ", ".join(f"{rate:,.0f} steps/s with {count}" for count, rate in sorted(rates.items()))
    assert told == f"threads: {chosen}; {figures}"


def test_a_slow_step_is_measured_once() -> None:
    measured, trainer = [], trainer_of()

    def rate(stepper: Stepper) -> Slices[float]:
        yield
        measured.append(stepper.threads)
        return 0.5 * stepper.threads

    finished(ThreadChoice().settle(trainer.stepper, trainer, rate))
    assert measured == [8, 4]


def test_a_short_step_is_taken_by_one_thread_without_a_measurement() -> None:
    trainer = trainer_of(NARROW)
    assert settled({}, trainer.stepper, trainer) is None
    assert torch.get_num_threads() == 1


def test_no_more_threads_than_parts_and_nothing_is_told_of_them() -> None:
    torch.set_num_threads(3)
    stepper = Divided(5)
    assert settled({5: 50.0, 2: 20.0}, stepper, trainer_of(NARROW)) is None
    assert stepper.threads == 5
    assert settled({}, stepper, trainer_of(NARROW)) is None, "what was found out holds"
    assert stepper.threads == 5


def test_what_somebody_says_is_not_measured() -> None:
    trainer = trainer_of(NARROW)
    assert settled({}, trainer.stepper, trainer, wanted=3) is None
    assert torch.get_num_threads() == 3


def opened(spec: Experiment, **options: Any) -> Session:
    session = Session(lambda name: (name, spec), "b", spec, device="cpu", engine="eager", **options)
    session.open()
    return session


def hundred_a_thread(stepper: Stepper, trainer: Trainer) -> Slices[float]:
    yield
    return 100.0 * stepper.threads


def test_the_choice_is_an_event_with_the_command_that_repeats_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepper_choice, "rate_of", hundred_a_thread)
    session = opened(WIDE)
    text = "threads: 8; 400 steps/s with 4, 800 steps/s with 8"
    assert [(event.text, event.command) for event in session.current.journal] == [(text, "threads:8")]
    assert session.snapshot().trained.threads == session.summary()["threads"] == 8


def test_an_optimizer_of_torchs_forgets_the_steps_that_were_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = experiment(**{**WIDE.model_dump(exclude_unset=True), "optimizer": "rmsprop"})
    monkeypatch.setattr(threads, "usable_cores", lambda: 2)
    measured, alone = opened(spec), opened(spec, threads=1)
    assert [event.command for event in measured.current.journal] in (["threads:1"], ["threads:2"])
    measured.apply(parse("threads:1"))
    for session in (measured, alone):
        session.advance(3)
    assert measured.current.trainer.parameters.equal(alone.current.trainer.parameters)


def test_on_the_screen_the_measurement_gives_way_to_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stepper_choice, "rate_of", hundred_a_thread)
    session = opened(WIDE)
    session.steppers.interactive = True
    session.load("b")
    assert session.current.journal == []
    trainer, waits = session.current.trainer, iter([False, True])
    assert not session.steppers.turn(trainer, lambda: next(waits))
    assert session.current.journal == []
    assert session.steppers.turn(trainer)
    assert [event.command for event in session.current.journal] == ["threads:8"]
    assert not session.steppers.turn(trainer)


def test_the_number_can_be_said_and_changed() -> None:
    session = opened(NARROW, threads=2)
    assert torch.get_num_threads() == session.snapshot().trained.threads == 2
    assert session.apply(parse("threads:3")).text == "threads: 3"
    assert torch.get_num_threads() == session.summary()["threads"] == 3


@pytest.mark.parametrize("words", ["threads", "threads:0", "threads:-1", "threads:1.5", "threads:10000", "threads:²"])
def test_a_number_of_threads_is_a_whole_number(words: str) -> None:
    with pytest.raises(ValueError, match="threads"):
        parse(words)


def test_on_another_device_it_holds_for_later() -> None:
    session = opened(NARROW)
    session.current.trainer.device = torch.device("meta")
    assert session.apply(parse("threads:2")).text == "threads: 2, once the processor trains"
    assert torch.get_num_threads() == 1
    session.current.trainer.device = torch.device("cpu")
    session.load("b")
    assert torch.get_num_threads() == 2
