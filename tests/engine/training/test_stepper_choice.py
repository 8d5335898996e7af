"""Which engine runs, and when it changes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.errors import Refused, Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.session import Session
from periodic_tui.engine.slices import Slices
from periodic_tui.engine.training.aot import build_process, program
from periodic_tui.engine.training.aot.build_process import Build
from periodic_tui.engine.training.aot.cache_key import Signature
from periodic_tui.engine.training.aot.compiled import Compiled
from periodic_tui.engine.training.aot.worker import one_line
from periodic_tui.engine.training.stepper_choice import StepperChoice
from periodic_tui.engine.training.steppers import Eager
from periodic_tui.engine.training.steppers.checking import Checking
from tests.engine.conftest import CompiledFor
from tests.engine.experiments import experiment, sine
from tests.engine.training.test_compiled import INTERVALS

ROOT = Path(__file__).parents[3]


def load(name: str) -> tuple[str, Experiment]:
    return name, INTERVALS


def opened(spec: Experiment, engine: str) -> Session:
    session = Session(load, "sine-31", spec, device="cpu", engine=engine)
    session.open()
    return session


def texts(session: Session) -> str:
    return "\n".join(event.text for event in session.current.events)


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "supported", lambda: True)
    monkeypatch.setenv("CXX", "no-such-compiler")


@pytest.fixture
def buildable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is missing for a build, as far as anybody asks."""
    monkeypatch.setattr(build_process, "missing", lambda: None)


def test_without_a_compiler_training_goes_on_eagerly_and_says_so(no_compiler: None) -> None:
    session = opened(sine(), "auto")
    assert session.advance(5) == 5
    assert session.snapshot().engine == "eager"
    assert "engine: eager; no C++ compiler; install g++" in texts(session)


def test_without_a_compiler_the_compiled_engine_is_refused(no_compiler: None) -> None:
    with pytest.raises(Refused, match=r"no C\+\+ compiler"):
        opened(sine(), "compiled")


def test_of_a_compilers_output_the_first_error_is_told() -> None:
    output = "C++ compile error\n\nCommand:\ng++ a.cpp\n\nOutput:\nIn function f:\na.cpp:1:2: fatal error: no room\nend"
    assert one_line(RuntimeError(output)) == "RuntimeError: a.cpp:1:2: fatal error: no room"
    assert one_line(RuntimeError("a\nb")) == "RuntimeError: a"
    assert one_line(RuntimeError()) == "RuntimeError"


def test_an_optimizer_that_torch_runs_cannot_be_compiled() -> None:
    chosen = experiment(target="sine", model="sine-unit", optimizer="rmsprop")
    with pytest.raises(Refused, match="torch keeps the state of rmsprop"):
        opened(chosen, "compiled")


def test_a_package_at_hand_is_used_from_the_first_step(compiled_for: CompiledFor) -> None:
    compiled_for(INTERVALS)
    session = opened(INTERVALS, "auto")
    stepper = session.current.trainer.stepper
    assert isinstance(stepper, Compiled)
    before = stepper.program.calls
    session.advance(10)
    assert stepper.program.calls > before
    assert session.summary()["engine"] == "compiled"
    assert session.current.journal == []


def test_the_command_swaps_and_the_journal_says_when(compiled_for: CompiledFor) -> None:
    compiled_for(INTERVALS)
    session = opened(INTERVALS, "compiled")
    session.advance(3)
    session.apply(parse("engine:eager"))
    assert session.snapshot().engine == "eager"
    session.advance(3)
    session.apply(parse("engine:compiled"))
    assert isinstance(session.current.trainer.stepper, Compiled)
    assert [(event.step, event.command) for event in session.current.journal] == [
        (3, "engine:eager"),
        (6, "engine:compiled"),
    ]
    assert "compiled → eager" in session.current.journal[0].text


def test_commands_that_change_inputs_keep_the_compiled_step(compiled_for: CompiledFor) -> None:
    compiled_for(INTERVALS)
    session = opened(INTERVALS, "auto")
    for words in ("set:optimizer.lr=1e-3", "inject", "reinitialize:4", "set:domain.train=[[-1.0, 0.0], [2.0, 3.0]]"):
        session.apply(parse(words))
        session.advance(2)
        assert isinstance(session.current.trainer.stepper, Compiled), words


def test_a_command_that_changes_the_step_falls_back_and_says_so(compiled_for: CompiledFor) -> None:
    compiled_for(INTERVALS)
    session = opened(INTERVALS, "auto")
    session.apply(parse("set:training.batch_size=33"))
    session.advance(2)
    assert session.snapshot().engine == "eager"
    assert [event.command for event in session.current.journal] == ["engine:eager", "set:training.batch_size=33"]
    session.apply(parse("set:training.batch_size=32"))
    session.apply(parse("engine:compiled"))
    assert session.snapshot().engine == "compiled"


def test_a_short_run_does_not_wait_for_a_build(buildable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StepperChoice, "_built", lambda *_: pytest.fail("built"))
    session = opened(sine(batch_size=31), "auto")
    session.settle(1, None)
    assert "engine: eager; training eagerly takes about 0 s, building about" in texts(session)


def test_a_long_run_waits_for_its_build(buildable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    session = opened(sine(batch_size=31), "auto")
    other = session.current.trainer.eager()
    monkeypatch.setattr(StepperChoice, "_built", lambda *_: other)
    session.settle(10**9, None)
    assert session.current.trainer.stepper is other


class ScriptedBuild:
    """A build that ends when the test says so."""

    cancelled = False

    done = False
    reason = ""
    left = 0.0

    def finish(self) -> None:
        if self.reason:
            raise Unavailable(self.reason)

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def script(buildable: None, monkeypatch: pytest.MonkeyPatch) -> ScriptedBuild:
    build = ScriptedBuild()
    monkeypatch.setattr("periodic_tui.engine.training.stepper_choice._build_for", lambda trainer: build)
    return build


def in_the_background(script: ScriptedBuild, clock: Callable[[], float]) -> tuple[Session, StepperChoice]:
    session = opened(sine(batch_size=31), "eager")
    engines = StepperChoice("auto", interactive=True, clock=clock, note=session.current.note)
    session._steppers = engines
    engines.begin(session.current.trainer)
    return session, engines


def test_a_build_begins_after_a_while_and_its_failure_is_told(script: ScriptedBuild) -> None:
    now = 0.0
    session, engines = in_the_background(script, lambda: now)
    assert not engines.turn(session.current.trainer)
    assert session.snapshot().engine == "eager"
    now = 2.0
    engines.turn(session.current.trainer)
    assert session.snapshot().engine == "eager, compiling"
    script.left = 11.2
    assert session.snapshot().engine == "eager, compiling, 12 s left"
    script.done, script.reason = True, "the build took longer than 300 s"
    assert not engines.turn(session.current.trainer)
    assert "engine: eager; the build took longer than 300 s" in texts(session)
    assert session.current.journal == []


def test_a_finished_build_is_swapped_in_and_journaled(script: ScriptedBuild, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    session, engines = in_the_background(script, lambda: now)
    now = 2.0
    engines.turn(session.current.trainer)
    session.advance(7)
    other = session.current.trainer.eager()
    monkeypatch.setattr(StepperChoice, "at_hand", lambda *_: other)
    script.done = True
    assert engines.turn(session.current.trainer)
    assert session.current.trainer.stepper is other
    assert [(event.step, event.command) for event in session.current.journal] == [(7, "engine:compiled")]
    assert "steps/s" in session.current.journal[0].text


@pytest.fixture
def awaiting(script: ScriptedBuild) -> Session:
    """A session on the screen whose second run is to be compiled."""
    session = Session(load, "sine-31", sine(batch_size=31), device="cpu", engine="eager")
    session._interactive = True
    session.open()
    session.steppers.wanted = "compiled"
    session.apply(parse("new:training.seed=7"))
    return session


def test_a_run_that_is_to_be_compiled_hears_commands_and_takes_no_step(
    awaiting: Session, script: ScriptedBuild, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(9):
        awaiting._turn()
    assert (awaiting.step, awaiting.latest().state, awaiting.latest().engine) == (0, "starting", "eager, compiling")
    with pytest.raises(Refused, match="none is taken before it is"):
        awaiting.apply(parse("step"))
    awaiting.paused = False
    awaiting.apply(parse("inject"))
    assert awaiting.snapshot().loss == 0.0
    monkeypatch.setattr(StepperChoice, "at_hand", lambda *_: awaiting.current.trainer.eager())
    script.done = True
    assert awaiting.steppers.turn(awaiting.current.trainer)
    awaiting.apply(parse("step"))
    assert awaiting.step == 1


def test_what_cannot_be_built_for_a_later_run_trains_eagerly(awaiting: Session, script: ScriptedBuild) -> None:
    script.done, script.reason = True, "the disk is full"
    awaiting.steppers.turn(awaiting.current.trainer)
    assert "engine: eager; the disk is full" in texts(awaiting)
    awaiting.apply(parse("step"))
    assert awaiting.step == 1


def test_a_step_that_changes_before_it_is_compiled_is_awaited_too(awaiting: Session, script: ScriptedBuild) -> None:
    awaiting.apply(parse("set:training.batch_size=33"))
    assert script.cancelled
    assert awaiting.steppers.awaited
    awaiting.apply(parse("engine:eager"))
    assert not awaiting.steppers.awaited


def checking(session: Session, reason: str = "") -> Checking:
    """Another eager stepper, whose check has four slices and ends well or for a reason."""

    def check() -> Slices[None]:
        for _ in range(3):
            yield
        if reason:
            raise Unavailable(reason)

    return Checking(session.current.trainer.eager(), check())


def test_a_check_gives_way_to_commands_between_its_slices() -> None:
    session = opened(sine(), "eager")
    trainer, engines = session.current.trainer, session.steppers
    trainer.stepper = stepper = checking(session)
    for _ in range(4):
        waits = iter([False, True])
        assert trainer.stepper is stepper
        changed = engines.turn(trainer, lambda waits=waits: next(waits))  # type: ignore[misc]  # bound in the loop
    assert changed
    assert trainer.stepper is stepper.stepper


def test_a_step_waits_for_the_end_of_the_check() -> None:
    session, alone = opened(sine(), "eager"), opened(sine(), "eager")
    session.current.trainer.stepper = stepper = checking(session)
    session.advance(5)
    alone.advance(5)
    assert list(stepper.check) == []
    assert session.current.trainer.parameters.equal(alone.current.trainer.parameters)


@pytest.mark.parametrize("in_turns", [True, False])
def test_who_fails_the_check_is_not_used(in_turns: bool) -> None:
    session = opened(sine(), "eager")
    trainer = session.current.trainer
    trainer.stepper = checking(session, "it is wrong")
    if in_turns:
        assert session.steppers.turn(trainer)
    session.advance(5)
    assert isinstance(trainer.stepper, Eager)
    assert "engine: eager; it is wrong" in texts(session)


def test_whoever_waits_for_a_build_is_told_how_long_yet(script: ScriptedBuild, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[float] = []

    def tell(left: float) -> None:
        told.append(left)
        script.left, script.done = left - 1, left <= 1

    session = opened(sine(batch_size=31), "eager")
    trainer, script.left = session.current.trainer, 3.0
    monkeypatch.setattr("periodic_tui.engine.training.stepper_choice._LOOK", 0.0)
    with pytest.raises(Refused, match="left nothing behind"):
        StepperChoice("compiled", waiting=tell).begin(trainer)
    assert told == [3, 2, 1]


def test_a_build_is_expected_to_take_as_long_as_the_newest_one(
    buildable: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, now = opened(sine(), "eager").current.trainer, [1_000.0]
    monkeypatch.setattr("periodic_tui.engine.training.aot.build_process.time.monotonic", lambda: now[0])
    for newest, expected in ((None, build_process.USUAL), (8.0, 8.0)):
        monkeypatch.setattr(build_process, "build_seconds", lambda newest=newest: newest)
        build = Build(trainer.experiment, Signature.of(trainer.state, trainer.step_inputs))
        build.cancel()
        now[0] += 2.0
        assert build.left == expected - 2.0
        now[0] += expected
        assert build.left == 0.0


def test_another_engine_gives_up_the_build(script: ScriptedBuild) -> None:
    now = 0.0
    session, engines = in_the_background(script, lambda: now)
    now = 2.0
    engines.turn(session.current.trainer)
    engines.switch(session.current.trainer, "eager")
    assert script.cancelled


def test_the_engine_that_runs_goes_on_with_what_its_optimizer_remembers() -> None:
    spec = experiment(target="log", model={"kind": "mlp", "hidden": [3]}, optimizer={"kind": "rmsprop", "lr": 1e-3})
    plain, asked = opened(spec, "eager"), opened(spec, "eager")
    for session in (plain, asked):
        session.advance(5)
    assert asked.apply(parse("engine:eager")).text == "engine: eager already"
    for session in (plain, asked):
        session.advance(5)
    assert asked.current.trainer.parameters.equal(plain.current.trainer.parameters)


def test_a_build_that_takes_too_long_is_ended(buildable: None) -> None:
    trainer = opened(sine(), "eager").current.trainer
    build = Build(trainer.experiment, Signature.of(trainer.state, trainer.step_inputs), limit=0.3)
    with pytest.raises(Unavailable, match=r"longer than 0\.3 s"):
        build.finish()


def test_a_build_that_fails_says_why(buildable: None) -> None:
    trainer = opened(sine(), "eager").current.trainer
    signature = Signature.of(trainer.state, trainer.step_inputs)
    wrong = Signature(signature.state, tuple((n, d, (1, 7) if n == "lr" else s) for n, d, s in signature.step_inputs))
    with pytest.raises(Unavailable, match=r"the build failed: \w+Error"):
        Build(trainer.experiment, wrong).finish()


@pytest.mark.skipif(bool(build_process.missing()), reason="nothing can be built here")
def test_a_build_ends_with_its_parent() -> None:
    program = """
        import time
        from tests.engine.training.test_stepper_choice import opened, sine
        from periodic_tui.engine.training.aot.build_process import Build
        from periodic_tui.engine.training.aot.cache_key import Signature
        trainer = opened(sine(), "eager").current.trainer
        build = Build(trainer.experiment, Signature.of(trainer.state, trainer.step_inputs))
        print(build._process.pid, flush=True)
        time.sleep(60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout
    child = int(parent.stdout.readline())
    os.kill(child, 0)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 60
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    """Whether the process is there and no zombie that nobody has waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_compiled_step_that_fails_in_mid_run_is_taken_eagerly() -> None:
    class Failing(Eager):
        name = "compiled"

        def run(self, *arguments: Any) -> Any:
            raise Unavailable("the compiled step failed with code 1")

    session, other = opened(sine(), "eager"), opened(sine(), "eager")
    trainer = session.current.trainer
    session.advance(5)
    trainer.stepper = Failing(trainer.training_step, trainer.device)
    assert session.advance(5) == 5
    other.advance(10)
    assert trainer.parameters.equal(other.current.trainer.parameters)
    assert trainer.stepper.name == "eager"
    assert "engine: eager; the compiled step failed with code 1" in texts(session)
    assert [(event.step, event.command) for event in session.current.journal] == [(5, "engine:eager")]


def test_an_engine_that_is_refused_leaves_the_build_and_the_wish_as_they_were(script: ScriptedBuild) -> None:
    now = 0.0
    session, steppers = in_the_background(script, lambda: now)
    now = 2.0
    steppers.turn(session.current.trainer)
    for _ in range(2):
        with pytest.raises(Refused, match="being compiled"):
            session.apply(parse("engine:compiled"))
    assert not script.cancelled
    assert steppers.wanted == "auto"
    assert session.current.journal == []
