"""Where nobody has named a device, the faster one is taken, and the run says why."""

import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.session import Session
from periodic_tui.engine.training import device_choice
from periodic_tui.engine.training import rates as measured_rates
from periodic_tui.engine.training.steppers import cuda_graph
from periodic_tui.engine.training.steppers.base import Stepper
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.presets.files import load
from tests.engine.experiments import experiment, ln, magnitude, sine
from tests.engine.second_device import SecondDevice, pretend
from tests.engine.training.test_cuda_graph import again

WIDE = experiment(target="sine", model={"kind": "mlp", "hidden": [64, 64]})
"""Of a step that is worth a look at the GPU."""


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
    session = opened(WIDE)
    assert str(session.current.trainer.device) == device
    assert told(session) == [text]
    assert session.current.trainer.stepper.name == ("eager" if device == "cpu" else "compiled")


@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize("engine", ["auto", "eager"])
@pytest.mark.parametrize("spec", [sine(), sine(replicas=64), magnitude()])
def test_nobody_waits_for_cuda_where_a_step_is_little_work(
    monkeypatch: pytest.MonkeyPatch, spec: Experiment, engine: str
) -> None:
    monkeypatch.setattr(device_choice, "obstacle", lambda experiment: None)
    monkeypatch.setattr("torch.cuda.is_available", lambda: pytest.fail("started CUDA"))
    session = opened(spec, engine=engine)
    assert str(session.current.trainer.device) == "cpu"
    assert told(session) == []


@pytest.mark.usefixtures("gpu")
def test_little_work_is_for_the_gpu_where_it_can_be_compiled_only_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_choice, "obstacle", lambda experiment: "no C++ compiler")
    rates(monkeypatch, 4_000.0, 2_000_000.0)
    assert told(opened(sine())) == ["device: cuda:0; 2,000,000 steps/s against 4,000 on cpu"]


@pytest.mark.usefixtures("gpu")
def test_a_step_that_will_be_fast_once_compiled_waits_for_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    rates(monkeypatch, 400.0, 9_000.0)
    assert told(opened(ln())) == ["device: cuda:0; 9,000 steps/s against 400 on cpu"], "it cannot be compiled here"
    monkeypatch.setattr(device_choice, "obstacle", lambda experiment: None)
    assert told(opened(ln(), engine="eager")) == ["device: cuda:0; 9,000 steps/s against 400 on cpu"]
    many = magnitude(replicas=256)
    monkeypatch.setattr(device_choice, "usable_cores", lambda: 16)
    assert device_choice.compiled_rate(many) > device_choice.PLENTY
    rates(monkeypatch, 400.0, 300_000.0)
    assert "device: cuda:0; 300,000 steps/s against" in told(opened(many))[0], "many replicas are what a GPU is for"
    monkeypatch.setattr("torch.cuda.is_available", lambda: pytest.fail("started CUDA"))
    assert told(opened(ln())) == []


@pytest.mark.usefixtures("gpu")
def test_the_cpu_is_taken_for_as_fast_as_it_will_be_once_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_choice, "obstacle", lambda experiment: None)
    monkeypatch.setattr(device_choice, "compiled_rate", lambda experiment: 12_000.0)
    rates(monkeypatch, 400.0, 9_000.0)
    assert told(opened(WIDE)) == ["device: cpu; 12,000 steps/s once compiled against 9,000 on cuda:0"]
    rates(monkeypatch, 400.0, 15_000.0)
    assert told(opened(WIDE)) == ["device: cuda:0; 15,000 steps/s against 12,000 on cpu once compiled"]
    rates(monkeypatch, 14_000.0, 13_000.0)
    assert told(opened(WIDE)) == ["device: cpu; 14,000 steps/s against 13,000 on cuda:0"]


def test_the_estimate_of_compiled_steps_is_of_the_size_of_what_was_measured() -> None:
    measured = {
        "sine-31": 5.2e6,
        "ln-collapse": 113e3,
        "ln-learns": 17e3,
        "magnitude": 970e3,
        "snake-extrapolation": 65,
    }
    for name, rate in measured.items():
        assert rate / 6 < device_choice.compiled_rate(load(name, [])[1]) < 6 * rate, name


@pytest.mark.usefixtures("gpu")
def test_both_are_really_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = []

    def watched(stepper: Stepper, trainer: Trainer) -> float:
        rate = measured_rates.steps_per_second(stepper, trainer)
        measured.append((str(trainer.device), f"{rate:,.0f}"))
        return rate

    monkeypatch.setattr(device_choice, "steps_per_second", watched)
    (text,) = told(opened(WIDE))
    assert [device for device, _ in measured] == ["cuda:0", "cpu"]
    assert all(rate in text for _, rate in measured)


@pytest.mark.usefixtures("gpu")
def test_a_step_of_much_work_is_not_tried_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_choice, "TRIED", 100.0)
    rates(monkeypatch, 1e9, 40.0)
    assert told(opened(WIDE)) == ["device: cuda:0; 40 steps/s, and a step is too much to try it on cpu"]


@pytest.mark.usefixtures("gpu")
def test_a_device_without_enough_memory_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, free=-1e9)
    (text,) = told(opened(WIDE))
    assert text.startswith("device: cpu; cuda:0 cannot run this: 1 replicas need about 0.0 GB of memory on cuda:0")


@pytest.mark.usefixtures("gpu")
def test_a_device_that_fails_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(stepper: object, trainer: Trainer) -> float:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore")

    monkeypatch.setattr(device_choice, "steps_per_second", fails)
    assert told(opened(WIDE)) == [
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
