"""The number of torch's threads, on which last bits may depend, is part of a recorded run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from periodic_tui.cli.repetition import repetition_of
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recorded_runner import RecordedRunner
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About, Recording
from periodic_tui.engine.slices import Slices
from periodic_tui.engine.training import stepper_choice, threads
from periodic_tui.engine.training.steppers import Stepper
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.files import dump
from tests.engine.training.test_threads import WIDE


@pytest.fixture(autouse=True)
def cores(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two of them, and torch as it was."""
    before = torch.get_num_threads()
    monkeypatch.setattr(threads, "usable_cores", lambda: 2)
    yield
    torch.set_num_threads(before)


def pays(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """That many threads are the fastest."""

    def rate(stepper: Stepper, trainer: Trainer) -> Slices[float]:
        yield
        return 200.0 if stepper.threads == count else 100.0

    monkeypatch.setattr(stepper_choice, "rate_of", rate)


def runner(folder: Path, resumed: bool = False, asked: int | None = None, **options: Any) -> RecordedRunner:
    """A runner that records into that folder, for which so many threads were asked; or one that goes on there."""

    def recorder(name: str, experiment: Experiment) -> Recorder:
        about = About("test", device="cpu", engine="eager", threads=asked)
        return Recorder.of(Recording(folder)) if resumed else Recorder(folder, about, dump(experiment))

    made = RecordedRunner(
        lambda name: (name, WIDE), "test", WIDE, device="cpu", engine="eager", recorder_for=recorder,
        resumed=Recording(folder) if resumed else None, **({"threads": asked} | options),
    )  # fmt: skip
    made.open()
    return made


def commands(folder: Path) -> list[tuple[int, str | None]]:
    return [(line.step, line.command) for line in Recording(folder).journal()]


def test_a_run_goes_on_with_the_threads_that_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pays(monkeypatch, 2)
    first = runner(tmp_path / "run")
    first.advance(3)
    first.close()
    pays(monkeypatch, 1)  # the machine is busy now
    second = runner(tmp_path / "run", resumed=True)
    assert torch.get_num_threads() == second.current.trainer.stepper.threads == 2
    second.close()
    assert commands(tmp_path / "run") == [(0, "threads:2")]


def test_whoever_goes_on_may_want_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pays(monkeypatch, 2)
    first = runner(tmp_path / "run")
    first.advance(3)
    first.close()
    second = runner(tmp_path / "run", resumed=True, threads=1)
    assert torch.get_num_threads() == 1
    second.close()
    assert commands(tmp_path / "run") == [(0, "threads:2"), (3, "threads:1")]


def test_threads_that_were_asked_for_are_asked_for_again(tmp_path: Path) -> None:
    first = runner(tmp_path / "run", asked=2)
    first.close()
    assert commands(tmp_path / "run") == []
    assert repetition_of(Recording(tmp_path / "run")).threads == 2


def test_a_repetition_has_the_threads_that_were_found_to_pay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pays(monkeypatch, 2)
    first = runner(tmp_path / "run")
    first.advance(3)
    first.close()
    again = repetition_of(Recording(tmp_path / "run"))
    assert again.threads is None
    assert [(step, command.words) for step, command in again.commands] == [(0, "threads:2")]
