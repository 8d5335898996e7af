"""Taken up from a recording, or taken back to an earlier step, a run is the one that never stopped, to the last bit."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recorded_runner import RecordedRunner
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.journal import that_held
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About, Recording
from tests.engine.experiments import magnitude, sine

Course = Sequence[tuple[int, str]]
"""Commands and their steps, in order."""


def runner(
    spec: Experiment, folder: Path | None = None, resumed: bool = False, engine: str = "eager"
) -> RecordedRunner:
    """A runner that records into that folder, if one is given; `resumed`: it goes on with what lies there."""
    about = About("test", device="cpu", engine=engine)

    def recorder(name: str, experiment: Experiment) -> Recorder:
        assert folder
        return Recorder.of(Recording(folder)) if resumed else Recorder(folder, about)

    before = Recording(folder) if resumed and folder else None
    made = RecordedRunner(
        lambda name: (name, spec), "test", spec, device="cpu", engine=engine,
        recorder_for=recorder if folder else None, resumed=before,
    )  # fmt: skip
    made.open()
    return made


def train(made: RecordedRunner, until: int, course: Course = ()) -> None:
    for step, words in course:
        if step >= made.step:
            made.advance(step - made.step)
            made.apply(parse(words))
    made.advance(until - made.step)


def keep(made: RecordedRunner) -> None:
    """Take a checkpoint, and wait for it."""
    assert made._keeping
    made._keeping.save(made.step)
    assert made._keeping.recorder.settle(10.0)


def kill(made: RecordedRunner) -> None:
    """End as if killed: nothing more is saved, but what was handed over is written."""
    assert made._keeping
    made._keeping.recorder.settle(10.0)
    made.close(save=False)


def assert_same(one: RecordedRunner, other: RecordedRunner) -> None:
    assert one.step == other.step
    for name, value in one.current.trainer.state.items():
        assert torch.equal(value, other.current.trainer.state[name]), name
    assert one.current.experiment == other.current.experiment


COURSES: list[Course] = [
    [],
    [(30, "inject:+1e-3"), (40, "set:optimizer.lr=1e-6"), (70, "undo")],
    [(30, "reinitialize:7"), (55, "hold"), (70, "release")],
    [(10, "set:optimizer.lr=1e-5"), (30, "remedy:widen-range")],
    [(30, "remedy:spectral-start"), (60, "inject")],
]


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize(("kept", "killed"), [(20, 50), (45, 65), (65, 80)])
def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(
    kept: int, killed: int, course: Course, tmp_path: Path
) -> None:
    spec, folder = sine(replicas=2), tmp_path / "run"
    undisturbed = runner(spec)
    train(undisturbed, 200, course)
    first = runner(spec, folder)
    train(first, kept, [each for each in course if each[0] <= kept])
    keep(first)
    train(first, killed, [each for each in course if kept < each[0] <= killed])
    kill(first)
    second = runner(spec, folder, resumed=True)
    assert second.step == killed
    train(second, 200, [each for each in course if each[0] > killed])
    assert_same(second, undisturbed)
    commands = [(event.step, event.command) for event in undisturbed.current.journal if event.command]
    assert [(each.step, each.command) for each in second.current.journal if each.command] == commands
    second.close()
    assert [(line.step, line.command) for line in Recording(folder).journal()] == commands
    texts = [line.text for line in Recording(folder).lines()]
    assert f"resumed at step {killed}" in texts


@pytest.mark.slow
def test_a_compiled_run_goes_on_compiled(tmp_path: Path) -> None:
    folder, course = tmp_path / "run", [(3_000, "set:optimizer.lr=1e-5"), (9_000, "remedy:widen-range")]
    undisturbed, first = runner(sine(), engine="compiled"), runner(sine(), folder, engine="compiled")
    train(undisturbed, 20_000, course)
    train(first, 5_000, course[:1])
    keep(first)
    train(first, 10_000, course[1:])
    kill(first)
    second = runner(sine(), folder, resumed=True, engine="compiled")
    train(second, 20_000)
    assert second.current.trainer.stepper.name == "compiled"
    assert_same(second, undisturbed)
    second.close()


def test_a_run_that_ended_well_goes_on_from_its_very_end(tmp_path: Path) -> None:
    undisturbed, first = runner(magnitude()), runner(magnitude(), tmp_path / "run")
    train(first, 123)
    first.close("finished")
    second = runner(magnitude(), tmp_path / "run", resumed=True)
    assert second.step == 123
    for made in (undisturbed, second):
        train(made, 200)
    assert_same(second, undisturbed)
    assert second.current.measured.train_losses.curve(0).step.tolist() == list(range(200))
    second.close()


def test_a_run_without_any_checkpoint_is_trained_again_from_its_start(tmp_path: Path) -> None:
    undisturbed, first = runner(sine()), runner(sine(), tmp_path / "run")
    train(undisturbed, 60, [(20, "inject:+1e-3")])
    train(first, 60, [(20, "inject:+1e-3")])
    kill(first)
    for file in (tmp_path / "run" / layout.CHECKPOINTS).iterdir():
        file.unlink()
    second = runner(sine(), tmp_path / "run", resumed=True)
    assert_same(second, undisturbed)
    second.close()


@pytest.mark.parametrize("step", [0, 15, 30, 47])
def test_a_branch_is_the_run_as_it_was_at_that_step(step: int, tmp_path: Path) -> None:
    course = [(30, "reinitialize:7")]
    made, before = runner(sine(), tmp_path / "run"), runner(sine())
    keep(made)  # or 40 steps are done before that of step 0 is written, and take its place
    train(made, 40, course)
    keep(made)
    train(made, 80)
    course_of_losses = made.current.measured.train_losses.curve(0)
    made.apply(parse(f"branch:{step}"))
    train(before, step, [each for each in course if each[0] <= step])
    assert_same(made, before)
    abandoned = made.current.measured.abandoned.curves(0)[0]
    assert abandoned.middle.tolist() == course_of_losses.middle.tolist()
    for each in (made, before):
        train(each, step + 50)
    assert_same(made, before)
    made.close()
    held = that_held(Recording(tmp_path / "run").lines())
    assert [line.step for line in held] == sorted(line.step for line in held)
    assert held[-1].command == f"branch:{step}"


def test_a_branch_to_before_a_command_of_the_same_step_undoes_it(tmp_path: Path) -> None:
    made, before = runner(sine(), tmp_path / "run"), runner(sine())
    train(made, 30)
    assert made._keeping
    lines = made._keeping.recorder.lines
    train(made, 60, [(30, "reinitialize:7")])
    made.apply(parse(f"branch:30@{lines}"))
    train(before, 30)
    assert_same(made, before)
    made.close()


def test_a_run_that_was_killed_after_a_branch_goes_on_with_that(tmp_path: Path) -> None:
    made, before = runner(sine(), tmp_path / "run"), runner(sine())
    train(made, 80, [(30, "reinitialize:7")])
    keep(made)
    made.apply(parse("branch:20"))
    train(made, 50, [(25, "inject:+1e-3")])
    kill(made)
    after = runner(sine(), tmp_path / "run", resumed=True)
    train(before, 50, [(25, "inject:+1e-3")])
    assert_same(after, before)
    after.close()


def test_where_nothing_is_recorded_there_is_nothing_to_go_back_to() -> None:
    made = runner(sine())
    train(made, 10)
    with pytest.raises(Refused, match="nothing is recorded"):
        made.apply(parse("branch:5"))


def test_a_branch_into_the_future_is_refused(tmp_path: Path) -> None:
    made = runner(sine(), tmp_path / "run")
    train(made, 10)
    with pytest.raises(Refused, match="expected a step up to 10, got 11"):
        made.apply(parse("branch:11"))
    assert made.step == 10
    made.close()


def test_a_single_step_is_undone_again_and_not_the_command_before_it(tmp_path: Path) -> None:
    spec, folder = sine(), tmp_path / "run"
    undisturbed, first = runner(spec), runner(spec, folder)
    for made in (undisturbed, first):
        train(made, 41, [(30, "inject:+1e-3"), (40, "step")])
        made.apply(parse("undo"))
        train(made, 50)
    kill(first)
    for stored in Recording(folder).checkpoints()[1:]:
        (folder / layout.CHECKPOINTS / stored.file).unlink()
    second = runner(spec, folder, resumed=True)
    assert_same(second, undisturbed)
    second.close()


def test_a_run_that_is_ended_on_its_way_back_up_leaves_its_recording_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, folder = sine(), tmp_path / "run"
    undisturbed, first = runner(spec), runner(spec, folder)
    train(undisturbed, 80, [(40, "inject:+1e-3")])
    train(first, 20)
    keep(first)
    train(first, 80, [(40, "inject:+1e-3")])
    kill(first)
    with monkeypatch.context() as patch:
        patch.setattr(RecordedRunner, "_repeat", lambda self, line: self.stop())
        stopped = runner(spec, folder, resumed=True)
    assert stopped.step < 80
    stopped.close()
    second = runner(spec, folder, resumed=True)
    assert_same(second, undisturbed)
    second.close()


def test_a_branch_that_is_given_up_leaves_the_recording_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, folder = sine(), tmp_path / "run"
    undisturbed, made = runner(spec), runner(spec, folder)
    train(undisturbed, 80, [(40, "inject:+1e-3")])
    train(made, 80, [(40, "inject:+1e-3")])
    keep(made)
    with monkeypatch.context() as patch:
        patch.setattr(RecordedRunner, "_repeat", lambda self, line: self.stop())
        with pytest.raises(Refused, match="given up"):
            made.apply(parse("branch:60"))
    made.close()
    second = runner(spec, folder, resumed=True)
    assert_same(second, undisturbed)
    second.close()


def test_an_engine_that_cannot_be_had_is_told_and_in_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = runner(sine(), tmp_path / "run")
    train(first, 20)
    saved = first.saved()
    assert saved
    monkeypatch.setattr(first._keeping, "_saved", lambda: {**saved, "engine": "compiled"})
    first.close()

    def refuse(*arguments: object) -> str:
        raise Refused("there is no compiler")

    monkeypatch.setattr("periodic_tui.engine.training.stepper_choice.StepperChoice.switch", refuse)
    second = runner(sine(), tmp_path / "run", resumed=True)
    text = "the recording's engine, compiled, cannot be had here: there is no compiler"
    assert text in [event.text for event in second.current.events]
    second.close()
    assert [(line.step, line.command, line.text) for line in Recording(tmp_path / "run").journal()] == [
        (20, "engine:eager", text)
    ]


def test_a_command_that_waits_cuts_no_way_back_into_single_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = runner(sine(), tmp_path / "run")
    keep(made)
    train(made, 600)
    counts: list[int] = []
    advance = made.advance

    def counted(count: int, preemptible: bool = False) -> int:
        counts.append(advance(count, preemptible))
        return counts[-1]

    monkeypatch.setattr(made, "advance", counted)
    made._work.set()
    made.branch(500, None)
    assert made.step == 500
    assert max(counts) > 200
    assert len(counts) < 5
