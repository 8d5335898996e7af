"""Which accelerators there are, whether they work, and what keeps one from being used, in words."""

from __future__ import annotations

import ctypes
import os
import warnings
from collections.abc import Iterator
from typing import Any

import torch

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import Stream, Use, counter_for
from periodic_tui.engine.training.gpu_meter import at_first

Version = tuple[int, int]

CPU = torch.device("cpu")
_KEYS = 1_024
"""Random numbers by which a device's integers are tried."""
_PTX = "compute_"
"""Code that the driver compiles for later cards."""
_WHEELS = "https://download.pytorch.org/whl/"
_OLD_CARDS = (7, 5)
"""Cards before these are left out of the wheels for CUDA 13."""

_told: list[str] = []
"""What torch warned of when it looked for CUDA; it does so once in a process."""
_sound: set[torch.device] = set()
"""Devices that were tried and work."""


def accelerator() -> torch.device | None:
    """The CUDA device with most memory free; None where there is none. Metal, which knows no float64, is used on
    request only."""
    return roomiest() if cuda_devices() else None


def cuda_devices() -> int:
    """How many CUDA devices torch finds."""
    wake_driver()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        there = torch.cuda.is_available()
    _told.extend(str(warning.message).partition("\n")[0] for warning in caught)
    return torch.cuda.device_count() if there else 0


def roomiest() -> torch.device:
    """Of several CUDA devices the one with most memory free."""
    count = torch.cuda.device_count()
    free = [_free_bytes(index) for index in range(count)] if count > 1 else [0]
    return torch.device("cuda", free.index(max(free)))


def _free_bytes(index: int) -> int:
    """Asked of the driver's tools: torch would take half a GB on every card to tell it. 0 where they are missing."""
    card: Any = torch.cuda.get_device_properties(index)
    memory, handle = (ctypes.c_ulonglong * 3)(), ctypes.c_void_p()
    place = f"{card.pci_domain_id:08x}:{card.pci_bus_id:02x}:{card.pci_device_id:02x}.0"
    nvml = library("libnvidia-ml.so.1")
    if nvml is None or nvml.nvmlInit_v2():
        return 0
    if nvml.nvmlDeviceGetHandleByPciBusId_v2(place.encode(), ctypes.byref(handle)):
        return 0
    return 0 if nvml.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)) else memory[1]


# The driver.


def library(name: str) -> ctypes.CDLL | None:
    """A library of the system; None where it is not there."""
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None


def wake_driver() -> None:
    """Start CUDA's driver, which takes some 0.2 seconds, without holding the interpreter's lock as torch does."""
    if cuda := library("libcuda.so.1"):
        cuda.cuInit(0)


def driver() -> Version | None:
    """The newest CUDA that the driver knows; None where there is no driver."""
    cuda, version = library("libcuda.so.1"), ctypes.c_int()
    if cuda is None or cuda.cuDriverGetVersion(ctypes.byref(version)):
        return None
    return version.value // 1_000, version.value % 1_000 // 10


def trouble() -> str:
    """Why torch finds no CUDA device, where there is a driver for one; empty where there is none."""
    newest, built = driver(), torch.version.cuda
    if newest is None:
        return ""
    if built is None:
        return f"torch {torch.__version__} is built without CUDA; {_advice(newest)}"
    if int(built.partition(".")[0]) > newest[0]:
        return f"the driver knows CUDA {_dotted(newest)}, torch is built for {built}; update it, or {_advice(newest)}"
    if os.environ.get("CUDA_VISIBLE_DEVICES") is not None:
        return f"no CUDA device is visible: CUDA_VISIBLE_DEVICES is {os.environ['CUDA_VISIBLE_DEVICES']!r}"
    return _told[-1] if _told else "torch finds no CUDA device, although there is a driver"


def unfit(index: int) -> str:
    """Why torch holds no code for a card; empty where it does."""
    card, codes = torch.cuda.get_device_capability(index), torch.cuda.get_arch_list()
    if any(_runs(code, card) for code in codes):
        return ""
    return f"it is sm_{card[0]}{card[1]}, torch holds code for {', '.join(codes)}; {_advice(driver() or (12, 0), card)}"


def _runs(code: str, card: Version) -> bool:
    digits = code.partition("_")[2].rstrip("abcdefghijklmnopqrstuvwxyz")
    made = int(digits[:-1]), int(digits[-1])
    return made <= card and (code.startswith(_PTX) or made[0] == card[0])


def _advice(newest: Version, card: Version = _OLD_CARDS) -> str:
    """How to get a torch for a driver and a card."""
    if newest[0] < 12:
        return f"CUDA {_dotted(newest)} is too old for torch: update the driver"
    index = "cu130" if newest[0] >= 13 and card >= _OLD_CARDS else "cu126"
    version = ".".join(torch.__version__.split(".")[:2])
    return f"pip install torch=={version}.* --index-url {_WHEELS}{index}"


def _dotted(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


# Whether a device works.


def named(name: str) -> torch.device:
    """The device of that name: `cpu`, `cuda`, `cuda:N` or `mps`. Raises Refused, in one line, where it is not there or
    does not work."""
    if name == "cpu":
        return CPU
    device = _metal() if name == "mps" else _cuda(name)
    try:
        check_sound(device)
    except Refused as reason:
        raise Refused(f"--device {name}: {reason}") from None
    return device


def _metal() -> torch.device:
    if not torch.backends.mps.is_available():
        raise Refused("--device mps: no Metal device here; expected auto or cpu")
    return torch.device("mps")


def _cuda(name: str) -> torch.device:
    count, device = cuda_devices(), torch.device(name)
    if not count:
        raise Refused(f"--device {name}: {trouble() or 'no CUDA device here'}; expected auto or cpu")
    if device.index is not None and device.index >= count:
        raise Refused(f"--device {name}: there are {count} CUDA devices, numbered from 0")
    return roomiest() if device.index is None else device


def check_sound(device: torch.device) -> None:
    """Try the integers that random numbers are made of. Raises Refused where a device cannot do anything, or gets
    them wrong."""
    if device in _sound:
        return
    at_first(device)
    try:
        same = all(torch.equal(here, there.cpu()) for here, there in zip(_hashed(CPU), _hashed(device), strict=True))
    except (RuntimeError, TypeError) as failure:
        reason = str(failure).partition("\n")[0]
        why = unfit(device.index or 0) if device.type == "cuda" else ""
        raise Refused("; ".join(filter(None, (f"{device} cannot be used: {reason}", why)))) from None
    if not same:
        raise Refused(f"{device} gets integers wrong, of which random numbers are made")
    _sound.add(device)
    # A thread's first product sets the context that it lacks, and works; a warning would go over the screen.
    warnings.filterwarnings("ignore", "Attempting to run cuBLAS")


def _hashed(device: torch.device) -> Iterator[torch.Tensor]:
    seeds = torch.arange(-_KEYS // 2, _KEYS // 2, dtype=torch.int64, device=device)
    stream = Stream.of(seeds, Use.BATCH, counter_for(8, device)).fold(_KEYS)
    yield stream.key
    yield stream.uniform(8, torch.float32)


# What Metal lacks.


def check_known(experiment: Experiment, device: torch.device) -> None:
    """Raise Refused where an experiment needs float64 on Metal, which does not know it."""
    if device.type != "mps":
        return
    training = experiment.training
    needs = {
        "training.dtype = float64": training.dtype == "float64",
        "training.schedule": training.schedule.kind != "none",
        "training.batch_size of a fixed data set": bool(experiment.domain.points and training.batch_size),
    }
    for key in (key for key, needed in needs.items() if needed):
        raise Refused(f"{key} takes float64, which Metal does not know; expected --device cpu")


def check_remedies(device: torch.device) -> None:
    """Raise Refused where remedies cannot measure: they do so in float64."""
    if device.type == "mps":
        raise Refused("remedies take float64, which Metal does not know; expected --device cpu")
