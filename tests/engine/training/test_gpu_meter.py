"""What is told of a GPU that others may use, too."""

from collections.abc import Callable

import pytest
import torch

from periodic_tui.engine.snapshot import Gpu
from periodic_tui.engine.training import gpu_meter
from periodic_tui.engine.training.gpu_meter import GpuMeter, busy

CARD = torch.device("cuda", 1)
GB = 1_000_000_000


class Properties:
    total_memory = 80 * GB


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Sets what torch tells of every device: percent of the time, and GB in use."""
    gpu_meter.at_first.cache_clear()
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: Properties)
    monkeypatch.setattr(torch.cuda, "temperature", lambda device: 54)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 8)

    def tell(percent: int, used: int) -> None:
        monkeypatch.setattr(torch.cuda, "utilization", lambda device: percent)
        monkeypatch.setattr(torch.cuda, "device_memory_used", lambda device: used * GB)

    return tell


def test_a_gpu_is_asked_once_a_second(told: Callable[[int, int], None]) -> None:
    now = 0.0
    meter = GpuMeter(lambda: now)
    told(3, 1)
    assert meter.read(CARD) == Gpu(busy=3, used=GB, memory=80 * GB, degrees=54, count=8)
    told(97, 12)
    assert meter.read(CARD) == Gpu(busy=3, used=GB, memory=80 * GB, degrees=54, count=8)
    now = 1.5
    assert meter.read(CARD) == Gpu(busy=97, used=12 * GB, memory=80 * GB, degrees=54, count=8)


def test_a_processor_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "utilization", lambda device: pytest.fail("asked"))
    assert GpuMeter().read(torch.device("cpu")) is None
    assert busy(torch.device("cpu")) is None


def test_nothing_is_told_where_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(device: torch.device) -> int:
        raise ModuleNotFoundError("nvidia-ml-py does not seem to be installed")

    monkeypatch.setattr(torch.cuda, "utilization", missing)
    gpu_meter.at_first.cache_clear()
    assert GpuMeter().read(CARD) is None
    assert busy(CARD) is None


@pytest.mark.parametrize(
    ("percent", "used", "words"),
    [
        (0, 1, None),
        (97, 1, "cuda:1 is busy: others use 97 % of its time and 1.0 of 80.0 GB"),
        (0, 60, "cuda:1 is busy: others use 0 % of its time and 60.0 of 80.0 GB"),
    ],
)
def test_a_gpu_that_others_use_is_named(
    told: Callable[[int, int], None], percent: int, used: int, words: str | None
) -> None:
    told(percent, used)
    assert busy(CARD) == words
    told(100, 80)  # by ourselves, since
    assert busy(CARD) == words
