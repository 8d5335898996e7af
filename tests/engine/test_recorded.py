"""What a session and `train` hand over to the recorder, and that nothing else changes by it."""

import errno
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recorded_runner import RecordedRunner, RecorderFor
from periodic_tui.engine.recording import thinned_folder
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About, Recording
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import View
from tests.engine.experiments import ln, magnitude, sine

PATIENCE = 60.0


class Clock:
    """Goes on by a moment whenever it is asked."""

    def __init__(self, by: float = 1e-3) -> None:
        self.now, self.by = 0.0, by

    def __call__(self) -> float:
        self.now += self.by
        return self.now


def load(name: str) -> tuple[str, Experiment]:
    return name, magnitude()


@pytest.fixture
def recorders(tmp_path: Path) -> Iterator[tuple[RecorderFor, list[Recorder]]]:
    """What makes recorders, into folders `0`, `1` …, and those that were made."""
    made: list[Recorder] = []

    def begun(name: str, experiment: Experiment) -> Recorder:
        made.append(Recorder(tmp_path / str(len(made)), About(name), clock=Clock(1e-9)))
        return made[-1]

    yield begun, made
    for each in made:
        each.close("closed", wait=PATIENCE)


def finished(recorder: Recorder) -> Recording:
    recorder.close("closed", wait=PATIENCE)
    recorder._thread.join(PATIENCE)
    assert not recorder._thread.is_alive()
    assert not recorder.failure
    return Recording(recorder.folder)


def opened(kind: type[RecordedRunner], experiment: Experiment, recorder_for: RecorderFor, **options: Any) -> Any:
    runner = kind(load, "mine", experiment, device="cpu", engine="eager", recorder_for=recorder_for, **options)
    runner._interactive = kind is Session
    runner.open()
    return runner


Recorders = tuple[RecorderFor, list[Recorder]]


def test_events_and_commands_are_told_with_their_steps_and_pictures_follow_commands(recorders: Recorders) -> None:
    session = opened(Session, sine(), recorders[0])
    session._publish()
    session.advance(10)
    session._publish()
    session.apply(parse("inject"))
    session.advance(5)
    session._publish()
    session.close()
    read = finished(recorders[1][0])
    assert [(line.step, line.command) for line in read.lines()] == [(0, None), (10, "inject")]
    assert [each.step for each in read.pictures()] == [0, 15]
    assert read.picture(read.pictures()[-1]).verdict.code == "solved"
    assert (read.status.step, read.status.ended) == (15, "closed")


def test_a_checkpoint_is_taken_before_each_command_by_the_clock_and_in_the_end(recorders: Recorders) -> None:
    clock = Clock()
    session = opened(Session, sine(), recorders[0], clock=clock)
    steps = []
    recorder = recorders[1][0]
    recorder.checkpoint = lambda tree, step, keep=False: steps.append((step, keep))  # type: ignore[method-assign]
    session.advance(3)
    session.advance(3)
    session.apply(parse("inject"))
    session.advance(1)
    session.apply(parse("pace:100"))
    clock.now += 4.5
    session.advance(1)
    session.advance(1)
    session.close()
    assert steps == [(6, True), (8, False), (9, False)]


def test_commands_one_after_the_other_do_not_take_more_than_their_share(recorders: Recorders) -> None:
    clock = Clock()
    session = opened(Session, sine(), recorders[0], clock=clock)
    taken = []

    def slow() -> Tree:
        clock.now += 0.05
        taken.append(session.step)
        return {"step": session.step}

    session._keeping._saved = slow
    for _ in range(50):
        session.apply(parse("inject"))
    assert 1 <= len(taken) <= 4


def test_a_state_that_cannot_be_saved_leaves_the_checkpoint_before(recorders: Recorders) -> None:
    session = opened(Session, sine(), recorders[0])
    session._keeping._saved = lambda: None
    session.advance(3)
    session.close()
    assert [each.step for each in finished(recorders[1][0]).checkpoints()] == [0]


def test_another_run_is_another_recording(recorders: Recorders) -> None:
    session = opened(Session, sine(), recorders[0])
    session.advance(10)
    session.apply(parse("load:magnitude"))
    session.advance(4)
    session.apply(parse("new:training.seed=5"))
    session.close()
    first, second, third = (finished(each) for each in recorders[1])
    assert [each.status.ended for each in (first, second, third)] == ["closed"] * 3
    assert [each.about.name for each in (first, second, third)] == ["mine", "magnitude", "magnitude"]
    assert first.checkpoints()[-1].step == 10
    assert [line.command for line in second.journal()] == ["load:magnitude"]
    assert [line.command for line in third.journal()] == ["new:training.seed=5"]


def test_a_run_that_cannot_begin_leaves_the_recording_going(recorders: Recorders) -> None:
    session = opened(Session, sine(), recorders[0])
    with pytest.raises(Refused):
        session.apply(parse("new:training.seed=-5"))
    session.advance(2)
    session.apply(parse("inject"))
    session.close()
    assert [line.command for line in finished(recorders[1][0]).journal()] == ["inject"]
    assert len(recorders[1]) == 1


def test_going_back_to_a_death_is_told(recorders: Recorders) -> None:
    session = opened(Session, ln(), recorders[0])
    session.look(View(stop_at_death=True))
    session._work.clear()
    session._publish()
    session.advance(50)
    session._publish()
    session.close()
    read = finished(recorders[1][0])
    died = session.step
    assert 0 < died < 50
    back = [line for line in read.lines() if line.kind == "back"]
    assert [line.step for line in back] == [died]
    assert all(line.step == died for line in read.lines() if line.number > back[0].number)
    assert died in [each.step for each in read.pictures()]


def test_without_a_place_one_event_says_why() -> None:
    def nowhere(name: str, experiment: Experiment) -> Recorder:
        raise Refused("there is no home directory")

    session = opened(Session, sine(), nowhere)
    session.advance(3)
    session.close()
    assert [event.text for event in session.current.events][1:] == ["nothing is recorded: there is no home directory"]
    assert session.unrecorded == "nothing is recorded: there is no home directory"


def test_a_disk_that_is_full_is_told_once_and_training_goes_on(
    recorders: Recorders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    session = opened(Session, sine(), recorders[0])
    recorder = recorders[1][0]
    session.advance(2)
    until(lambda: recorder._told_at > 0)
    monkeypatch.setattr(thinned_folder, "replace_file", full)
    session.apply(parse("inject"))
    until(lambda: recorder.failure and session._work.is_set())
    for _ in range(3):
        session._turn()
        session.advance(5)
    told = [event.text for event in session.current.events if "record" in event.text]
    assert told == ["recording stopped: No space left on device"]
    assert session.step >= 15
    session.close()


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


@pytest.mark.parametrize("spec", [sine(), ln(replicas=3)], ids=["sine", "ln"])
def test_a_recorded_run_is_the_run_that_was_not(spec: Experiment, recorders: Recorders) -> None:
    """Pictures in passing note nothing: curves and summary, verdict included, are the same."""
    recorded = opened(RecordedRunner, spec, recorders[0])
    plain = Runner(load, "mine", spec, device="cpu", engine="eager")
    plain.open()
    recorders[1][0]._clock = Clock(1.0)
    recorded._keeping._pictures = Budget(1.0, Clock(), rest=0.0)
    for runner in (recorded, plain):
        runner.snapshot()
        for _ in range(6):
            runner.advance(37)
        runner.apply(parse("reinitialize:3"))
        runner.advance(200)
    assert recorded.summary() == plain.summary()
    one, other = recorded.snapshot(), plain.snapshot()
    for curve in ("train_curve", "probe_curve", "omega_curve"):
        for part in ("step", "low", "middle", "high"):
            mine, its = (getattr(getattr(each, curve), part) for each in (one, other))
            assert np.array_equal(mine, its, equal_nan=True), (curve, part)
    recorded.close("finished")
    read = finished(recorders[1][0])
    assert len(read.pictures()) > 3, "there were pictures in passing"
    assert {each.step for each in read.pictures()} >= {0, 37, 74}
