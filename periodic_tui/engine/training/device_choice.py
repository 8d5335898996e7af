"""Which device trains an experiment: the one of a name, or, where nobody has said, the faster one."""

from __future__ import annotations

from typing import NamedTuple

import torch

from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.scheduling.cores import usable_cores
from periodic_tui.engine.training import devices
from periodic_tui.engine.training.aot.build_process import obstacle
from periodic_tui.engine.training.devices import CPU
from periodic_tui.engine.training.memory import available_bytes, check_memory, needed_bytes
from periodic_tui.engine.training.rates import steps_per_second
from periodic_tui.engine.training.stepper_choice import StepperChoice
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.work import products

TRIED = 5e9
"""Samples times parameters of a step up to which it is tried on the CPU; such a step takes half a second."""
LITTLE = 1e4
"""The same up to which a step stays on the CPU, whatever a GPU can do, unless only there it can be compiled."""
PLENTY, FEW = 2e4, 64
"""Steps per second of the compiled CPU engine from which no GPU is tried for so few replicas; many are its strength."""
_DRAW, _PRODUCT = 15e-9, 0.2e-9
"""Seconds that a compiled step takes for each random number, and each product of a sample and a parameter."""


class Choice(NamedTuple):
    """A device, and what is to be told of it."""

    device: torch.device
    why: str = ""
    """Empty where there was no choice."""
    memory: str | None = None
    """What a run that takes much memory takes there."""


def settled(name: str, experiment: Experiment, steppers: StepperChoice) -> Choice:
    """The device of that name, or of `auto`. Raises Refused."""
    choice = _fastest(experiment, steppers) if name == "auto" else Choice(devices.named(name))
    devices.check_known(experiment, choice.device)
    return choice if choice.memory else choice._replace(memory=check_memory(experiment, choice.device))


def _fastest(experiment: Experiment, steppers: StepperChoice) -> Choice:
    """The CPU or a GPU, whichever takes more steps per second, and why."""
    compiles = steppers.wanted != "eager" and not obstacle(experiment)
    fast = compiles and experiment.training.replicas <= FEW and compiled_rate(experiment) >= PLENTY
    only_there = not compiles and steppers.wanted != "eager" and isinstance(experiment.optimizer, ElementWise)
    if fast or (_work(experiment) <= LITTLE and not only_there):
        return Choice(CPU)
    other = devices.accelerator()
    if other is None:
        reason = devices.trouble()
        return Choice(CPU, f"device: cpu; {reason}" if reason else "")
    try:
        devices.check_sound(other)
        memory = check_memory(experiment, other)  # before the graph that is kept takes part of it
        there = _rate(experiment, other, steppers)[0]
    except (Refused, RuntimeError, TypeError, MemoryError) as failure:  # whatever the device or torch lacks
        return Choice(CPU, f"device: cpu; {other} cannot run this: {str(failure).partition(chr(10))[0]}")
    if _work(experiment) > TRIED or needed_bytes(experiment) > available_bytes(CPU):
        text = f"device: {other}; {there:,.0f} steps/s, and a step is too much to try it on cpu"
        return Choice(other, text, memory)
    here, stepper = _rate(experiment, CPU, steppers)
    awaited, compiled = compiled_rate(experiment) if compiles and stepper == "eager" else 0.0, ""
    if awaited > here:
        here, compiled = awaited, " once compiled"
    if here >= there:
        return Choice(CPU, f"device: cpu; {here:,.0f} steps/s{compiled} against {there:,.0f} on {other}")
    return Choice(other, f"device: {other}; {there:,.0f} steps/s against {here:,.0f} on cpu{compiled}", memory)


def _rate(experiment: Experiment, device: torch.device, steppers: StepperChoice) -> tuple[float, str]:
    """Steps per second of the fastest stepper at hand, and its name."""
    trainer = Trainer(experiment, device)
    trainer.stepper = steppers.at_once(trainer)
    return steps_per_second(trainer.stepper, trainer), trainer.stepper.name


def compiled_rate(experiment: Experiment) -> float:
    """Steps per second of the compiled CPU engine, about: of small networks, where it takes calls away."""
    target, replicas = experiment.target, experiment.training.replicas
    draws = 0 if experiment.domain.points else replicas * experiment.training.batch_size * target.inputs
    return min(replicas, usable_cores()) / (_DRAW * draws + _PRODUCT * _work(experiment))


def _work(experiment: Experiment) -> float:
    return products(experiment) * experiment.training.replicas
