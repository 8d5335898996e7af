"""What is said of a device that is missing, too old, broken or too small, and which of several is taken."""

import ctypes
import warnings
from typing import Any

import pytest
import torch

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream
from periodic_tui.engine.run import Run
from periodic_tui.engine.session import Session
from periodic_tui.engine.training import device_choice, devices
from periodic_tui.engine.training.stepper_choice import StepperChoice
from tests.engine.experiments import experiment, magnitude
from tests.engine.second_device import CPU, CUDA, METAL, SecondDevice, pretend

TOO_OLD = "CUDA initialization: The NVIDIA driver on your system is too old (found version 12080)."
WIDE = experiment(target="sine", model={"kind": "mlp", "hidden": [64, 64]})


class ScriptedDriver:
    """In place of the driver's libraries: the newest CUDA that it knows, and bytes free by the places of the cards."""

    def __init__(self, newest: int = 12_080, free: dict[str, int] | None = None) -> None:
        self.newest, self.free, self.calls = newest, free or {}, list[str]()

    def __call__(self, name: str) -> "ScriptedDriver":
        return self

    def cuInit(self, flags: int) -> int:
        self.calls.append("cuInit")
        return 0

    def cuDriverGetVersion(self, version: Any) -> int:
        version._obj.value = self.newest
        return 0

    def nvmlInit_v2(self) -> int:
        return 0

    def nvmlDeviceGetHandleByPciBusId_v2(self, place: bytes, handle: Any) -> int:
        if place.decode() not in self.free:
            return 1
        handle._obj.value = [*self.free].index(place.decode()) + 1
        return 0

    def nvmlDeviceGetMemoryInfo(self, handle: ctypes.c_void_p, memory: Any) -> int:
        memory._obj[1] = [*self.free.values()][(handle.value or 0) - 1]
        return 0


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_told", [])
    monkeypatch.setattr(devices, "_sound", set())
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")


def installed(monkeypatch: pytest.MonkeyPatch, driver: ScriptedDriver, built: str | None, warning: str = "") -> None:
    """A driver, and a torch built for a CUDA that finds no device and may warn of it, once."""
    said: list[str] = []

    def is_available() -> bool:
        driver.calls.append("is_available")
        if warning and not said:
            said.append(warning)
            warnings.warn(warning, stacklevel=1)
        return False

    monkeypatch.setattr(devices, "library", driver)
    monkeypatch.setattr("torch.version.cuda", built)
    monkeypatch.setattr("torch.__version__", "2.13.0+x")
    monkeypatch.setattr("torch.cuda.is_available", is_available)


def refusal(name: str) -> str:
    with pytest.raises(Refused) as refused:
        devices.named(name)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def told_by_auto(spec: Experiment = WIDE) -> list[str]:
    session = Session(lambda name: (name, spec), "test", spec, engine="eager")
    session.open()
    assert session.current.trainer.device == CPU
    return [event.text for event in session.current.events if event.text.startswith("device:")]


@pytest.mark.parametrize(
    ("newest", "built", "warning", "trouble"),
    [
        (
            12_080,
            "13.0",
            TOO_OLD,
            "the driver knows CUDA 12.8, torch is built for 13.0; update it, or pip install torch==2.13.* --index-url "
            "https://download.pytorch.org/whl/cu126",
        ),
        (
            13_000,
            None,
            "",
            "torch 2.13.0+x is built without CUDA; pip install torch==2.13.* --index-url "
            "https://download.pytorch.org/whl/cu130",
        ),
        (
            11_040,
            None,
            "",
            "torch 2.13.0+x is built without CUDA; CUDA 11.4 is too old for torch: update the driver",
        ),
        (
            13_000,
            "13.0",
            "CUDA initialization: system not yet initialized\nmore",
            "CUDA initialization: system not yet",
        ),
        (13_000, "13.0", "", "torch finds no CUDA device, although there is a driver"),
    ],
)
def test_an_unusable_driver_is_said(
    monkeypatch: pytest.MonkeyPatch, newest: int, built: str | None, warning: str, trouble: str
) -> None:
    installed(monkeypatch, ScriptedDriver(newest), built, warning)
    (text,) = told_by_auto()
    assert text.startswith(f"device: cpu; {trouble}")
    assert refusal("cuda").startswith(f"--device cuda: {trouble}")
    assert refusal("cuda").endswith("; expected auto or cpu")
    assert "more" not in text


def test_without_a_driver_there_is_nothing_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told_by_auto() == []
    assert refusal("cuda:1") == "--device cuda:1: no CUDA device here; expected auto or cpu"


def test_cards_that_are_hidden_are_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, ScriptedDriver(13_000), "13.0")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert "no CUDA device is visible: CUDA_VISIBLE_DEVICES is ''" in refusal("cuda")


def test_the_driver_is_started_before_torch_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = ScriptedDriver()
    installed(monkeypatch, driver, "13.0")
    devices.cuda_devices()
    assert driver.calls == ["cuInit", "is_available"]


def test_a_step_of_little_work_waits_for_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = ScriptedDriver()
    installed(monkeypatch, driver, "13.0", TOO_OLD)
    assert told_by_auto(magnitude()) == []
    assert driver.calls == []


@pytest.mark.parametrize(
    ("card", "codes", "fits"),
    [
        ((8, 9), ["sm_80", "sm_90"], True),
        ((9, 0), ["sm_80", "sm_90a"], True),
        ((12, 1), ["sm_90", "compute_120"], True),
        ((10, 0), ["sm_80", "sm_90"], False),
        ((7, 0), ["sm_75", "sm_80", "compute_90"], False),
    ],
)
def test_code_runs_on_later_cards_of_its_generation(
    monkeypatch: pytest.MonkeyPatch, card: tuple[int, int], codes: list[str], fits: bool
) -> None:
    monkeypatch.setattr("torch.cuda.get_device_capability", lambda index: card)
    monkeypatch.setattr("torch.cuda.get_arch_list", lambda: codes)
    monkeypatch.setattr(devices, "library", ScriptedDriver(13_000))
    assert (devices.unfit(0) == "") == fits
    if not fits:
        assert f"it is sm_{card[0]}{card[1]}, torch holds code for {', '.join(codes)}; pip install" in devices.unfit(0)
        assert devices.unfit(0).endswith("cu126" if card == (7, 0) else "cu130")


def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> Stream:
        raise torch.AcceleratorError("CUDA error: no kernel image is available for execution on the device\nCompile")

    pretend(monkeypatch)
    monkeypatch.setattr("torch.cuda.get_device_capability", lambda index: (7, 0))
    monkeypatch.setattr(Stream, "of", fails)


def test_a_card_on_which_nothing_runs_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        broken(patch)
        text = refusal("cuda:0")
    assert text.startswith("--device cuda:0: cuda:0 cannot be used: CUDA error: no kernel image is available")
    assert "it is sm_70, torch holds code for sm_80, sm_90; pip install torch==" in text


def test_auto_goes_on_without_a_card_on_which_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)

    def refuses(device: torch.device) -> None:
        raise Refused(f"{device} cannot be used: CUDA error: busy")

    monkeypatch.setattr(devices, "check_sound", refuses)
    assert told_by_auto() == ["device: cpu; cuda:0 cannot run this: cuda:0 cannot be used: CUDA error: busy"]


def test_a_device_that_gets_integers_wrong_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = devices._hashed
    monkeypatch.setattr(devices, "_hashed", lambda device: (each + (device == CUDA) for each in hashed(device)))
    pretend(monkeypatch)
    with SecondDevice():
        assert refusal("cuda") == "--device cuda: cuda:0 gets integers wrong, of which random numbers are made"
        devices.check_sound(METAL)


def test_of_several_cards_the_one_with_most_memory_free_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch)
    places = ["00000000:1b:00.0", "00000000:43:00.0", "00000001:52:00.0"]

    class Properties:
        def __init__(self, index: int) -> None:
            domain, bus, device = places[index].removesuffix(".0").split(":")
            self.pci_domain_id, self.pci_bus_id, self.pci_device_id = (int(each, 16) for each in (domain, bus, device))

    monkeypatch.setattr("torch.cuda.device_count", lambda: 3)
    monkeypatch.setattr("torch.cuda.get_device_properties", Properties)
    monkeypatch.setattr(devices, "library", ScriptedDriver(free=dict(zip(places, (5, 9, 7), strict=True))))
    assert devices.accelerator() == torch.device("cuda", 1)
    monkeypatch.setattr(devices, "library", lambda name: None)
    assert devices.accelerator() == torch.device("cuda", 0)


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"training": {"dtype": "float64"}}, "training.dtype = float64"),
        ({"training": {"schedule": {"kind": "step", "step_size": 9}}}, "training.schedule"),
        ({"domain": {"points": 40}}, "training.batch_size of a fixed data set"),
        ({"domain": {"points": 40}, "training": {"batch_size": 0}}, ""),
    ],
)
def test_what_takes_float64_is_refused_on_metal(
    monkeypatch: pytest.MonkeyPatch, sections: dict[str, Any], key: str
) -> None:
    monkeypatch.setattr("torch.backends.mps.is_available", lambda: True)
    spec = experiment(target="sine", model="sine-unit", **sections)
    with SecondDevice():
        if key:
            with pytest.raises(Refused, match=f"{key} takes float64, which Metal does not know"):
                device_choice.settled("mps", spec, StepperChoice("eager"))
        else:
            run = Run(1, "data", spec, METAL)
            run.advance(2)
            with pytest.raises(Refused, match="remedies take float64"):
                run.treat("widen-range")
            with pytest.raises(Refused, match=r"training\.batch_size of a fixed data set takes float64"):
                run.change(spec.model_copy(update={"training": spec.training.model_copy(update={"batch_size": 8})}), "")
            assert run.experiment == spec
