"""Which device trains an experiment: the one of a name, or, where nobody has said, the faster one, by measurement."""

from __future__ import annotations

import torch

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.aot.build_process import obstacle
from periodic_tui.engine.training.memory import available_bytes, check_memory, needed_bytes
from periodic_tui.engine.training.stepper_choice import StepperChoice, steps_per_second
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.work import products

CALLS = 5e-4
"""Seconds of an eager step on the CPU up to which most of it is overhead of the calls, which compiling takes away."""
TRIED = 5e9
"""Samples times parameters of a step up to which it is tried on the CPU; such a step takes half a second."""

_CPU = torch.device("cpu")


def accelerator() -> torch.device | None:
    """The first CUDA device; None where there is none. Metal, which knows no float64, is used on request only."""
    return torch.device("cuda", 0) if torch.cuda.is_available() else None


def settled(name: str, experiment: Experiment, steppers: StepperChoice) -> tuple[torch.device, str]:
    """The device of that name, and why it was chosen, where there was a choice. Raises Refused."""
    other = accelerator() if name == "auto" else None
    return _fastest(experiment, other, steppers) if other else (_named(name), "")


def _named(name: str) -> torch.device:
    """The device of that name: `auto` (where there is no choice), `cpu`, `cuda`, `cuda:N` or `mps`. Raises Refused
    where it is not there."""
    if name in ("auto", "cpu"):
        return torch.device("cpu")
    if name == "mps":
        if not torch.backends.mps.is_available():
            raise Refused("--device mps: no Metal device here; expected auto or cpu")
        return torch.device("mps")
    if not torch.cuda.is_available():
        raise Refused(f"--device {name}: no CUDA device here; expected auto or cpu")
    device = torch.device(name)
    if device.index is not None and device.index >= torch.cuda.device_count():
        raise Refused(f"--device {name}: there are {torch.cuda.device_count()} CUDA devices, numbered from 0")
    return device


def _fastest(experiment: Experiment, other: torch.device, steppers: StepperChoice) -> tuple[torch.device, str]:
    """CPU or the other device, whichever takes more steps per second without waiting for a build, and both rates."""
    try:
        check_memory(experiment, other)
        there = _rate(Trainer(experiment, other), steppers)
    except (Refused, RuntimeError, TypeError, MemoryError) as failure:  # whatever the device or torch lacks
        return _CPU, f"device: cpu; {other} cannot run this: {str(failure).partition(chr(10))[0]}"
    if products(experiment) * experiment.training.replicas > TRIED or needed_bytes(experiment) > available_bytes(_CPU):
        return other, f"device: {other}; {there:,.0f} steps/s, and a step is too much to try it on cpu"
    trainer = Trainer(experiment, _CPU)
    here = _rate(trainer, steppers)
    awaited = trainer.stepper.name == "eager" and steppers.wanted != "eager" and not obstacle(experiment)
    if awaited and here > 1 / CALLS:
        return _CPU, f"device: cpu; {here:,.0f} steps/s, and more once compiled, against {there:,.0f} on {other}"
    if here >= there:
        return _CPU, f"device: cpu; {here:,.0f} steps/s against {there:,.0f} on {other}"
    return other, f"device: {other}; {there:,.0f} steps/s against {here:,.0f} on cpu"


def _rate(trainer: Trainer, steppers: StepperChoice) -> float:
    trainer.stepper = steppers.at_once(trainer)
    return steps_per_second(trainer.stepper, trainer)
