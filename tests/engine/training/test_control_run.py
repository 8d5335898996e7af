"""The untreated course beside the treated one."""

import numpy as np
import pytest
import torch

from periodic_tui.engine.commands.on_run import Undo
from periodic_tui.engine.run import Run
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.training.control_run import ControlRun
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.conftest import CompiledFor
from tests.engine.experiments import sine
from tests.engine.remedies.treated import treated
from tests.engine.training.test_compiled import INTERVALS

SEEN = View(compare=True, focus=1)


def test_it_goes_as_the_same_seed_goes_when_nothing_is_done_to_it() -> None:
    run = treated(sine(replicas=2), "widen-range", 64)
    plain = Run(1, "plain", sine(replicas=2), run.trainer.device)
    plain.advance(64)
    curve = run.observe(SEEN).untreated
    assert curve.middle.tolist() == plain.measured.train_losses.curve(1).middle.tolist()
    assert run.measured.train_losses.curve(1).middle[-1] < 1e-3 < curve.middle[-1]


def test_it_is_not_trained_while_nobody_looks() -> None:
    run = treated(sine(), "widen-range", 8)
    assert not len(run.observe(View()).untreated.step)


def test_it_is_trained_by_the_stepper_that_the_run_has(compiled_for: CompiledFor) -> None:
    trainer, compiled = compiled_for(INTERVALS)
    control = ControlRun(INTERVALS, torch.device("cpu"), lambda trainer: compiled)
    before = compiled.program.calls
    control.follow(int(trainer.seeds[0]), 300)
    assert compiled.program.calls > before
    _, losses = compiled.run(trainer.state, trainer.step_inputs, trainer.seeds, 0, 300)
    np.testing.assert_array_equal(control.curve(0).high, losses[:, 0].double().numpy())


def test_a_paused_screen_still_gets_all_of_it() -> None:
    session = Session(lambda name: (name, sine()), "test", sine(), device="cpu", engine="eager")
    session.open()
    session.advance(300)
    session.paused = True
    session.look(View(compare=True))
    seen: list[float] = []

    def look() -> None:
        seen[:] = session.latest().untreated_curve.step.tolist()
        if seen[-1:] == session.latest().train_curve.step[-1:].tolist():
            session.stop()

    session.on_wake = look
    while not session._stopped.is_set():
        session._turn()
    assert seen == session.latest().train_curve.step.tolist()
    assert session.step == 300


def test_without_memory_for_it_the_run_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def follow(*arguments: object) -> bool:
        raise MemoryError

    session = Session(lambda name: (name, sine()), "test", sine(), device="cpu", engine="eager")
    session.open()
    session.look(View(compare=True))
    monkeypatch.setattr(session.current.control, "follow", follow)
    for _ in range(3):
        session._turn()
    assert session.step > 0
    told = [event.text for event in session.current.events if event.text.startswith("compare: out of memory")]
    assert len(told) == 1


def test_a_command_that_comes_while_the_run_takes_a_step_does_not_wait_for_the_untreated_one_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = Session(lambda name: (name, sine()), "test", sine(), device="cpu", engine="eager")
    session.open()
    session.look(View(compare=True))
    session._turn()
    train, followed = session._train, list[int]()

    def interrupted(steps: int) -> None:
        train(steps)
        session.send(Undo())

    def follow(*arguments: object) -> bool:
        followed.append(session.step)
        return True

    monkeypatch.setattr(session.current.control, "follow", follow)
    monkeypatch.setattr(session, "_train", interrupted)
    session._turn()
    assert not followed
    monkeypatch.setattr(session, "_train", train)
    session._turn()
    assert followed == [session.step]


def test_it_moves_on_however_little_time_there_is() -> None:
    control = ControlRun(sine(), torch.device("cpu"))
    assert [control.follow(0, 3, until=0.0) for _ in range(4)] == [True, True, True, False]


def test_another_seed_begins_it_anew() -> None:
    control = ControlRun(sine(replicas=2), torch.device("cpu"))
    control.follow(0, 16)
    control.follow(5, 16)
    spec = sine(replicas=2)
    other = Trainer(
        spec.model_copy(update={"training": spec.training.model_copy(update={"seed": 5})}), torch.device("cpu")
    )
    assert control.curve(1).middle.tolist() == pytest.approx(other.advance(16)[:, 1].tolist(), rel=1e-6)
    assert not control.follow(5, 16)
