"""When the CUDA engine is chosen, and what happens where it is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch

from periodic_tui.engine import measurements
from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.diagnostics import deaths
from periodic_tui.engine.errors import Refused, Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.measurements import Measurements
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.engine.training import fetched, on_cuda
from periodic_tui.engine.training.control_run import ControlRun
from periodic_tui.engine.training.stepper_choice import StepperChoice
from periodic_tui.engine.training.steppers import cuda_graph
from periodic_tui.engine.training.steppers.base import Stepper
from periodic_tui.engine.training.steppers.cuda_graph import BLOCK, Capture, CudaGraph, Work
from periodic_tui.engine.training.steppers.eager import Eager
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import experiment, ln, magnitude, sine
from tests.engine.second_device import CUDA, Passed, SecondDevice, device_of, pretend

DIVERGES = experiment(target="log", model={"kind": "mlp", "hidden": [4]}, optimizer={"kind": "sgd", "lr": 1e18})


class Graphs:
    """In place of captured graphs: the work is done again, and counted."""

    def __init__(self) -> None:
        self.replays = 0
        self.wrong = False

    def begin(self, device: torch.device) -> Capture:
        assert device == CUDA
        return self.capture

    def capture(self, work: Work) -> Work:
        work()

        def replay() -> None:
            self.replays += 1
            if not self.wrong:
                work()

        return replay


@pytest.fixture
def graphs(monkeypatch: pytest.MonkeyPatch) -> Graphs:
    graphs = Graphs()
    monkeypatch.setattr(cuda_graph, "Captures", graphs.begin)
    pretend(monkeypatch)
    return graphs


@pytest.fixture
def second() -> Iterator[SecondDevice]:
    with SecondDevice() as device:
        yield device


def opened(spec: Experiment, engine: str = "auto", device: str = "cuda:0") -> Session:
    session = Session(lambda name: (name, spec), "test", spec, device=device, engine=engine)
    session.open()
    return session


def texts(session: Session) -> str:
    return "\n".join(event.text for event in session.current.events)


@pytest.mark.usefixtures("second")
def test_steps_run_as_graphs_from_the_first_one(graphs: Graphs) -> None:
    session, other = opened(magnitude(replicas=2)), opened(magnitude(replicas=2), "eager", "cpu")
    assert "engine: compiled" in texts(session)
    before = graphs.replays
    session.advance(BLOCK + 2)
    other.advance(BLOCK + 2)
    assert graphs.replays - before >= 3
    assert session.summary()["engine"] == "compiled"
    assert session.summary()["device"] == "cuda:0"
    assert device_of(session.current.trainer.state["parameters"]) == CUDA
    assert session.current.trainer.parameters.cpu().equal(other.current.trainer.parameters)


def test_the_host_waits_once_a_chunk(graphs: Graphs, second: SecondDevice) -> None:
    trainer = opened(sine()).current.trainer
    trainer.advance(1)
    before = second.waits
    trainer.advance(100)
    assert second.waits == before + 1


@pytest.mark.usefixtures("second")
def test_commands_keep_the_engine(graphs: Graphs) -> None:
    session = opened(magnitude())
    for words in ("set:optimizer.lr=0.1", "set:training.batch_size=8", "set:optimizer.kind=sgd", "reinitialize:4"):
        session.apply(parse(words))
        session.advance(3)
        assert isinstance(session.current.trainer.stepper, CudaGraph), words
    assert session.current.journal[0].command == "set:optimizer.lr=0.1"
    assert len(session.current.journal) == 4
    session.apply(parse("engine:eager"))
    session.apply(parse("engine:compiled"))
    assert "eager → compiled" in session.current.journal[-1].text


class Kernel(Eager):
    """In place of a kernel."""

    name, how = "compiled", "one kernel"


@pytest.mark.usefixtures("second", "graphs")
def test_one_kernel_comes_before_a_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_cuda, "OneKernel", lambda step, *_: Kernel(step, CUDA))
    monkeypatch.setattr(on_cuda, "kernels_on", lambda device: None)
    session = opened(magnitude(replicas=2))
    assert "engine: compiled; one kernel" in texts(session)
    assert isinstance(session.current.trainer.stepper, Kernel)


@pytest.mark.usefixtures("second", "graphs")
@pytest.mark.parametrize("failure", [Unavailable("no compiler is found"), ValueError("odd\nand long")])
def test_without_a_kernel_a_graph_goes_on_and_says_why(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(device: torch.device) -> None:
        raise failure

    monkeypatch.setattr(on_cuda, "kernels_on", fails)
    session = opened(magnitude(replicas=2))
    reason = "no compiler is found" if isinstance(failure, Unavailable) else "no kernel can be written: odd"
    assert f"engine: compiled; a graph; {reason}" in texts(session).splitlines()
    assert isinstance(session.current.trainer.stepper, CudaGraph)


@pytest.mark.usefixtures("second", "graphs")
def test_a_kernel_that_does_something_else_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(Kernel):
        def run(self, *arguments: Any) -> Any:
            state, losses = super().run(*arguments)
            return state, losses * 1.001

    monkeypatch.setattr(on_cuda, "OneKernel", lambda step, *_: Wrong(step, CUDA))
    monkeypatch.setattr(on_cuda, "kernels_on", lambda device: None)
    session = opened(magnitude(replicas=2))
    assert "a graph; the compiled step was refused: in step 0 loss differs" in texts(session)
    assert isinstance(session.current.trainer.stepper, CudaGraph)


@pytest.mark.usefixtures("second")
def test_graphs_that_do_something_else_are_refused(graphs: Graphs) -> None:
    graphs.wrong = True
    session = opened(sine())
    assert "engine: eager; the compiled step was refused: in step 0" in texts(session)
    assert session.snapshot().engine == "eager"
    with pytest.raises(Refused, match="engine compiled: the compiled step was refused"):
        opened(sine(), "compiled")


@pytest.mark.usefixtures("second", "graphs")
@pytest.mark.parametrize(
    "failure",
    [
        RuntimeError("operation not permitted when stream is capturing\nlong text"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.\nlong text"),
        torch.AcceleratorError("CUDA error: an illegal memory access was encountered\nlong text"),
    ],
)
def test_what_cannot_be_captured_runs_eagerly_and_says_so(
    failure: RuntimeError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(work: Work) -> Work:
        raise failure

    monkeypatch.setattr(cuda_graph, "Captures", lambda device: fails)
    session = opened(sine())
    monkeypatch.setattr(StepperChoice, "_built", lambda *_: pytest.fail("built"))
    session.settle(10**9, None)
    assert session.advance(3) == 3
    assert f"the compiled step fails: {str(failure).splitlines()[0]}" in texts(session)
    assert "long text" not in texts(session)
    assert session.snapshot().engine == "eager"


@pytest.mark.usefixtures("second", "graphs")
def test_an_optimizer_that_torch_runs_stays_eager() -> None:
    chosen = experiment(target="sine", model="sine-unit", optimizer="rmsprop")
    assert "engine: eager; torch keeps the state of rmsprop" in texts(opened(chosen))


@pytest.mark.usefixtures("second", "graphs")
def test_inputs_of_another_shape_are_captured_anew_and_checked(graphs: Graphs) -> None:
    session = opened(sine())
    trainer = session.current.trainer
    session.advance(3)
    before = trainer.stepper
    whole = trainer.step_inputs
    halves = {name: torch.cat([whole[name], whole[name]], -1) for name in ("starts", "lengths")}
    trainer.step_inputs = whole | halves
    session.advance(3)
    assert isinstance(trainer.stepper, CudaGraph)
    assert trainer.stepper is not before
    graphs.wrong = True
    trainer.step_inputs = whole
    expected, _ = trainer.eager().run(trainer.state, whole, trainer.seeds, 6, 3)
    session.advance(3)
    assert trainer.stepper.name == "eager"
    assert "engine: eager; the compiled step was refused" in texts(session)
    assert trainer.state["parameters"].equal(expected["parameters"])


@pytest.mark.usefixtures("graphs")
@pytest.mark.parametrize("few", [0, 1 << 16])
def test_the_next_chunk_is_launched_before_the_last_one_is_looked_at(
    few: int, second: SecondDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Losses are fetched with the rest where they are few; where they are many they stay until a bin is full."""
    monkeypatch.setattr(Measurements, "due", 10**9)
    for module in (measurements, fetched):
        monkeypatch.setattr(module, "FEW_LOSSES", few)
    session = opened(sine(replicas=2))
    session.advance(1_000)
    run, before, waited = session.current, second.waits, Passed.waited
    for known in (1_000, 1_010, 1_020):
        session.advance(10)
        assert run.known == known
        assert run._measured.train_losses.curve(0).last[-1] == (known if few else run.step) - 1
    assert second.waits == before
    assert Passed.waited - waited >= 3, "for the chunk before, each time"
    assert run.measured.known == run.step == 1_030
    curves = run.measured.train_losses.curve(0), run.measured.frequencies.curve(0)
    assert [curve.last[-1] for curve in curves] == [1_029, 1_030]


@pytest.mark.usefixtures("graphs", "second")
def test_frequencies_and_losses_are_those_of_a_run_that_looks_at_every_chunk() -> None:
    curves = []
    for patient in (True, False):
        session = opened(sine(replicas=2))
        for _ in range(40):
            session.advance(7)
            if patient:
                session.current.arrive()
        measured = session.current.measured
        curves.append([repr(each.curve(1)) for each in (measured.frequencies, measured.train_losses)])
    assert curves[0] == curves[1]


@pytest.mark.usefixtures("graphs", "second")
def test_a_run_that_diverges_is_known_to_have_one_chunk_later() -> None:
    session = opened(DIVERGES)
    session.advance(4)
    trained = session.step
    while session.current.trainer.alive:
        assert session.advance(1) == 1
        assert session.step < trained + 20
    assert session.advance(1) == 0
    assert "diverged" in texts(session)
    assert session.snapshot().state == "diverged"


@pytest.mark.usefixtures("graphs", "second")
def test_what_was_placed_is_alive_whatever_was_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Measurements, "due", 10**9)
    for placed in (True, False):
        session = opened(DIVERGES)
        session.advance(20)
        assert session.current.known == 0
        if placed:
            session.current.trainer.reinitialize(None)
        session.current.arrive()
        assert session.current.trainer.alive == placed


@pytest.mark.usefixtures("graphs", "second")
def test_a_replica_of_many_is_run_again_by_a_graph_of_its_own() -> None:
    session = opened(magnitude(replicas=3))
    session.advance(5)
    trainer = session.current.trainer
    stepper = trainer.stepper_alone(trainer)
    assert isinstance(stepper, CudaGraph)
    assert trainer.stepper_alone(trainer) is stepper
    (state, step_inputs, seed), eager = trainer.one(1), trainer.eager()
    (found, losses), (expected, _) = (each.run(state, step_inputs, seed, 5, 20) for each in (stepper, eager))
    assert losses.shape == (20, 1)
    assert found["parameters"].equal(expected["parameters"])
    session.apply(parse("set:training.batch_size=8"))
    assert trainer.stepper_alone(trainer) is not stepper
    session.apply(parse("engine:eager"))
    assert trainer.stepper_alone(trainer).name == "eager"


@pytest.mark.usefixtures("graphs", "second")
def test_the_step_of_a_death_among_many_replicas_is_found_by_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    monkeypatch.setattr(deaths, "MOST_SECONDS", 60.0)
    monkeypatch.setattr(deaths, "CREDIT", 60.0)
    for device in ("cuda:0", "cpu"):
        session = opened(ln(replicas=2), "auto" if device == "cuda:0" else "eager", device)
        session.look_for_deaths()
        session.current.trainer.stepper_alone(session.current.trainer)
        with monkeypatch.context() as patch:
            if device == "cuda:0":
                patch.setattr(Trainer, "eager", lambda *_: pytest.fail("ran eagerly"))
            session.advance(9)
            session.look_for_deaths()
        told.append([event.text for event in session.current.events if "died" in event.text])
    assert told[0] == told[1] != []


class Fails:
    """In place of the stepper that the control run is given where none can be captured."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, trainer: Trainer) -> Stepper:
        self.asked += 1
        return trainer.eager()


def test_a_control_run_whose_step_cannot_be_captured_asks_once() -> None:
    fails = Fails()
    control = ControlRun(sine(), torch.device("cpu"), fails)
    for step in (3, 6, 9):
        control.follow(0, step, engine="compiled")
    assert fails.asked == 1
    control.follow(0, 12, engine="eager")
    control.follow(0, 15, engine="compiled")
    assert fails.asked == 2


@pytest.mark.usefixtures("graphs", "second")
def test_what_the_first_pictures_load_is_not_saved_on_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    spec = sine()
    session = Session(lambda name: (name, spec), "test", spec, device="cuda:0", clock=lambda: now, working=lambda: now)
    session.open()

    def snapshot(**options: bool) -> Snapshot:
        nonlocal now
        now += 0.5
        session._pictures += 1
        return session.latest()

    monkeypatch.setattr(session, "snapshot", snapshot)
    for _ in range(3):
        session._publish()
        assert session._frames.next == pytest.approx(now + 0.1)
    session._publish()
    assert session._frames.next == pytest.approx(now - 0.5 + 1.9)
