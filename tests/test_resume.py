"""`resume` and `train --from-journal`: what is still to be done of a plan, and a run once more from its journal."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from periodic_tui.cli.command import run
from periodic_tui.cli.resume import plan_ahead
from periodic_tui.cli.train import train
from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recorded_runner import RecordedRunner
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About, Plan, Recording
from periodic_tui.presets.files import dump
from tests.engine.experiments import sine


def recorded(folder: Path, *course: tuple[int, str], until: int = 60, plan: Plan | None = None) -> Recording:
    """A recorded run to which that was done at those steps."""

    def recorder(name: str, experiment: Experiment) -> Recorder:
        return Recorder(folder, About("sine", device="cpu", engine="eager", plan=plan), dump(experiment))

    spec = sine()
    made = RecordedRunner(lambda n: (n, spec), "sine", spec, device="cpu", engine="eager", recorder_for=recorder)
    made.open()
    assert made._keeping
    assert made._keeping.recorder.settle(10.0), "the first checkpoint gives way to no other"
    for step, words in course:
        made.advance(step - made.step)
        made.apply(parse(words))
    made.advance(until - made.step)
    made.close("finished")
    return Recording(folder)


def parameters(recording: Recording) -> Any:
    return recording.checkpoint(recording.checkpoints()[-1])["trainer"]["state"]["parameters"]


@pytest.mark.parametrize(
    "course",
    [
        [(20, "inject:+1e-3"), (30, "scale-lr:0.5")],
        [(20, "inject:+1e-3"), (30, "step"), (31, "undo"), (40, "reinitialize:7")],
        [(20, "pause"), (20, "inject"), (30, "branch:10"), (25, "inject:+1e-3")],
    ],
)
def test_a_run_is_repeated_from_its_journal(course: list[tuple[int, str]], tmp_path: Path) -> None:
    first = recorded(tmp_path / "first", *course)
    words = ["--from-journal", str(first.folder), "--record", str(tmp_path / "second")]
    assert run(train, words) == 0
    second = Recording(tmp_path / "second")
    assert second.status.step == first.status.step == 60
    assert np.array_equal(parameters(second), parameters(first))


def test_of_a_plan_that_is_ahead_which_was_not_yet_done(tmp_path: Path) -> None:
    """A relative command stands in the journal as what it came to."""
    asked = ("10:scale-lr:0.5", "30:scale-lr:0.5", "30:inject", "50:undo")
    made = recorded(
        tmp_path / "run", (10, "scale-lr:0.5"), (30, "scale-lr:0.5"), until=30, plan=Plan(100, None, 10, asked)
    )
    ahead = plan_ahead(made, sine())
    assert [(step, command.words) for step, command in ahead.commands] == [(30, "inject"), (50, "undo")]
