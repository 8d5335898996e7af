"""Where nobody has named a device, the faster one is taken, and the run says why."""

import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.session import Session
from periodic_tui.engine.training import device_choice, stepper_choice
from periodic_tui.engine.training.steppers import cuda_graph
from periodic_tui.engine.training.steppers.base import Stepper
from periodic_tui.engine.training.trainer import Trainer
from tests.engine.experiments import magnitude
from tests.engine.second_device import SecondDevice, pretend
from tests.engine.training.test_cuda_graph import again


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_graph, "Captures", lambda device: again)
    pretend(monkeypatch)


@pytest.fixture(autouse=True)
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")


def rates(monkeypatch: pytest.MonkeyPatch, cpu: float, cuda: float) -> None:
    def scripted(stepper: object, trainer: Trainer) -> float:
        return cuda if trainer.device.type == "cuda" else cpu

    monkeypatch.setattr(device_choice, "steps_per_second", scripted)


def opened(spec: Experiment, device: str = "auto", engine: str = "auto") -> Session:
    with SecondDevice():
        session = Session(lambda name: (name, spec), "test", spec, device=device, engine=engine)
        session.open()
        session.advance(2)
    return session


def told(session: Session) -> list[str]:
    return [event.text for event in session.current.events if event.text.startswith("device:")]


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize(
    ("cpu", "cuda", "device", "text"),
    [
        (410_000.0, 31_000.0, "cpu", "device: cpu; 410,000 steps/s against 31,000 on cuda:0"),
        (53.0, 3_100.0, "cuda:0", "device: cuda:0; 3,100 steps/s against 53 on cpu"),
    ],
)
def test_the_faster_one_trains(
    monkeypatch: pytest.MonkeyPatch, cpu: float, cuda: float, device: str, text: str
) -> None:
    rates(monkeypatch, cpu, cuda)
    session = opened(magnitude())
    assert str(session.current.trainer.device) == device
    assert told(session) == [text]
    assert session.current.trainer.stepper.name == ("eager" if device == "cpu" else "compiled")


@pytest.mark.usefixtures("gpu")
def test_a_small_step_that_can_be_compiled_stays_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_choice, "obstacle", lambda experiment: None)
    rates(monkeypatch, 1.1 / device_choice.CALLS, 9_000.0)
    assert told(opened(magnitude())) == ["device: cpu; 2,200 steps/s, and more once compiled, against 9,000 on cuda:0"]
    rates(monkeypatch, 0.9 / device_choice.CALLS, 9_000.0)
    assert told(opened(magnitude())) == ["device: cuda:0; 9,000 steps/s against 1,800 on cpu"]
    rates(monkeypatch, 1.1 / device_choice.CALLS, 9_000.0)
    assert told(opened(magnitude(), engine="eager")) == ["device: cuda:0; 9,000 steps/s against 2,200 on cpu"]


@pytest.mark.usefixtures("gpu")
def test_both_are_really_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []

    def watched(stepper: Stepper, trainer: Trainer) -> float:
        rate = stepper_choice.steps_per_second(stepper, trainer)
        measured.append((str(trainer.device), f"{rate:,.0f}"))
        return rate

    monkeypatch.setattr(device_choice, "steps_per_second", watched)
    (text,) = told(opened(magnitude()))
    assert [device for device, _ in measured] == ["cuda:0", "cpu"]
    assert all(rate in text for _, rate in measured)


@pytest.mark.usefixtures("gpu")
def test_a_step_of_much_work_is_not_tried_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_choice, "TRIED", 100.0)
    rates(monkeypatch, 1e9, 40.0)
    assert told(opened(magnitude())) == ["device: cuda:0; 40 steps/s, and a step is too much to try it on cpu"]


@pytest.mark.usefixtures("gpu")
def test_a_device_without_enough_memory_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, free=-1e9)
    (text,) = told(opened(magnitude()))
    assert text.startswith("device: cpu; cuda:0 cannot run this: 1 replicas need about 0.0 GB of memory on cuda:0")


@pytest.mark.usefixtures("gpu")
def test_a_device_that_fails_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(stepper: object, trainer: Trainer) -> float:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore")

    monkeypatch.setattr(device_choice, "steps_per_second", fails)
    assert told(opened(magnitude())) == [
        "device: cpu; cuda:0 cannot run this: CUDA out of memory. Tried to allocate 2.00 GiB."
    ]


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("device", ["cpu", "cuda:0"])
def test_a_device_that_is_named_is_taken_unmeasured(monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    monkeypatch.setattr(device_choice, "steps_per_second", lambda *_: pytest.fail("measured"))
    session = opened(magnitude(), device)
    assert str(session.current.trainer.device) == device
    assert told(session) == []


def test_without_a_choice_nothing_is_measured_or_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_choice, "steps_per_second", lambda *_: pytest.fail("measured"))
    session = opened(magnitude())
    assert str(session.current.trainer.device) == "cpu"
    assert told(session) == []
