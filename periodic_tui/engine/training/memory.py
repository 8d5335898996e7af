"""How much memory a run takes, said before it is taken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from periodic_tui.engine.errors import OutOfMemory, Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording.bounds import MOST_BYTES
from periodic_tui.engine.training.history import BYTES, bins_for, saved_bins_for

if TYPE_CHECKING:
    import torch

UNDO_POINTS = 8
"""Commands that can be undone, one after another: each keeps the state before it."""
_STATE_COPIES = 8 + 3 * UNDO_POINTS
"""Parameters, gradient, optimizer state, each before and after a step; parameters and two moments to go back to."""
_STARTS, _FIGURES = 3, 600
"""Parameters as they began and were at their best, and bytes of what verdicts remember of a replica."""
_ACTIVATION_COPIES = 4
"""Pre-activations and activations, forward and backward."""
_WORTH_SAYING = 1e9
_WORDS = ("can't allocate memory", "out of memory", "ALLOC_FAILED")
"""What torch says where memory has run out, of the CPU, of CUDA and of its libraries."""


@contextmanager
def enough_memory(what: str) -> Iterator[None]:
    """Raises OutOfMemory, of which `what` tells when, where memory runs out in this context."""
    try:
        yield
    except (MemoryError, RuntimeError) as failure:
        if isinstance(failure, RuntimeError) and not any(words in str(failure) for words in _WORDS):
            raise
        raise OutOfMemory(f"out of memory {what}; expected fewer replicas, samples or units") from None


def needed_bytes(experiment: Experiment) -> float:
    """Bytes that training takes, roughly."""
    target, training = experiment.target, experiment.training
    parameters = experiment.model.layout(target.inputs, target.outputs).size
    width = sum(experiment.model.hidden_units) + target.inputs + target.outputs
    numbers = _STATE_COPIES * parameters + _ACTIVATION_COPIES * experiment.samples * width
    return training.replicas * numbers * (8.0 if training.dtype == "float64" else 4.0)


def kept_bytes(experiment: Experiment) -> float:
    """Bytes on the CPU, wherever it is trained, for what is kept of a run: its histories when they are full, where the
    replicas began, and a checkpoint on its way to the disk."""
    target, training, model = experiment.target, experiment.training, experiment.model
    replicas, histories = training.replicas, 3 if model.frequency_parameter else 2
    numbers = model.layout(target.inputs, target.outputs).size * (8.0 if training.dtype == "float64" else 4.0)
    bins = bins_for(replicas)
    stored = histories * min(bins, saved_bins_for(replicas)) * BYTES + _FIGURES
    packed = min(replicas * (stored + 2 * _STARTS * numbers), 2.0 * MOST_BYTES)
    return replicas * (histories * bins * BYTES + _FIGURES + _STARTS * numbers + stored) + packed


def available_bytes(device: torch.device) -> float:
    """Bytes of memory that are free on the device: on CUDA what nobody has, and what torch has in reserve."""
    import torch

    if device.type == "cuda":
        reserve = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return float(torch.cuda.mem_get_info(device)[0] + reserve)
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) if hasattr(os, "sysconf") else 2.0**60


def check_memory(experiment: Experiment, device: torch.device) -> str | None:
    """What a run that takes much memory takes, to be told; None for small ones. Raises Refused where it is too much."""
    import torch

    needed, available, kept = needed_bytes(experiment), available_bytes(device), kept_bytes(experiment)
    if device.type == "cpu":
        needed += kept
    elif kept > available_bytes(torch.device("cpu")):
        raise Refused(f"what is kept of {experiment.training.replicas:,} replicas needs about {kept / 1e9:.1f} GB")
    replicas, free = experiment.training.replicas, f"{available / 1e9:.1f} GB are free"
    figures = f"{replicas:,} replicas need about {needed / 1e9:.1f} GB of memory on {device}, {free}"
    if needed > available:
        raise Refused(f"{figures}; expected fewer replicas, samples or units")
    return figures if needed > _WORTH_SAYING else None
