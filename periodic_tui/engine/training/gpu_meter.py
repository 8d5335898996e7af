"""What the driver tells of the GPU that trains: how busy and how warm it is, and how full."""

import time
from collections.abc import Callable
from functools import cache

import torch

from periodic_tui.engine.snapshot import Gpu

_EVERY = 1.0
"""Seconds between two questions; the driver's own figure is an average over as long."""
_BUSY = 50
"""Percent of the time, or of the memory, from which others take enough of it to be told."""


class GpuMeter:
    """Remembers what it was told for a second."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._told: tuple[torch.device, Gpu | None] | None = None
        self._next = 0.0

    def read(self, device: torch.device) -> Gpu | None:
        """What the driver tells of a device; None of one that is no GPU, or where `nvidia-ml-py` is missing."""
        if device.type != "cuda":
            return None
        if self._told is None or self._told[0] != device or self._clock() >= self._next:
            self._told, self._next = (device, _asked(device)), self._clock() + _EVERY
        return self._told[1]


def _asked(device: torch.device) -> Gpu | None:
    try:
        return Gpu(
            busy=torch.cuda.utilization(device),
            used=torch.cuda.device_memory_used(device),
            memory=torch.cuda.get_device_properties(device).total_memory,
            degrees=torch.cuda.temperature(device),
            count=torch.cuda.device_count(),
        )
    except Exception:  # no such package, no driver, a part of a card, a question that this one does not answer
        return None


@cache
def at_first(device: torch.device) -> Gpu | None:
    """The same as it was when this process first asked: before it used the device."""
    return _asked(device) if device.type == "cuda" else None


def busy(device: torch.device) -> str | None:
    """That others use a device, in words; None where it was free."""
    gpu = at_first(device)
    if gpu is None or max(gpu.busy, 100 * gpu.used / gpu.memory) < _BUSY:
        return None
    return (
        f"{device} is busy: others use {gpu.busy} % of its time and {gpu.used / 1e9:.1f} of {gpu.memory / 1e9:.1f} GB"
    )
