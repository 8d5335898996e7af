"""How much memory a run takes, said before it is taken."""

from __future__ import annotations

import os
from pathlib import Path

from periodic_tui.engine.commands import Refused
from periodic_tui.engine.experiment import Experiment

_STATE_COPIES = 8
"""Parameters, gradient, optimizer state, each before and after a step."""
_ACTIVATION_COPIES = 4
"""Pre-activations and activations, forward and backward."""
_WORTH_SAYING = 1e9


def needed_bytes(experiment: Experiment) -> float:
    """Bytes that training takes, roughly."""
    target, training = experiment.target, experiment.training
    parameters = experiment.model.layout(target.inputs, target.outputs).size
    samples = training.batch_size or experiment.domain.points
    width = sum(experiment.model.hidden_units) + target.inputs + target.outputs
    numbers = _STATE_COPIES * parameters + _ACTIVATION_COPIES * samples * width
    return training.replicas * numbers * (8.0 if training.dtype == "float64" else 4.0)


def available_bytes() -> float:
    """Bytes of memory that are free on this machine."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return 1024.0 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) if hasattr(os, "sysconf") else 2.0**60


def check_memory(experiment: Experiment) -> str | None:
    """What a run that takes much memory takes, to be told; None for small ones. Raises Refused where it is too much."""
    needed, available = needed_bytes(experiment), available_bytes()
    replicas = experiment.training.replicas
    figures = f"{replicas:,} replicas need about {needed / 1e9:.1f} GB of memory, {available / 1e9:.1f} GB are free"
    if needed > available:
        raise Refused(f"{figures}; expected fewer replicas, samples or units")
    return figures if needed > _WORTH_SAYING else None
