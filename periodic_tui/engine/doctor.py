"""What of the engine works on this machine, and what to do about the rest."""

from __future__ import annotations

import platform
from collections.abc import Iterator

import torch

from periodic_tui.engine.errors import Refused, Unavailable
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.plural import counted
from periodic_tui.engine.scheduling.cores import usable_cores
from periodic_tui.engine.training import devices
from periodic_tui.engine.training.aot.build_process import compiler, missing
from periodic_tui.engine.training.aot.cache import cache_folder, usage
from periodic_tui.engine.training.rates import steps_per_second
from periodic_tui.engine.training.stepper_choice import StepperChoice
from periodic_tui.engine.training.trainer import Trainer

Finding = tuple[str, str]
"""What was looked at, and what was found; with a remedy after a semicolon where something is missing."""


def findings(name: str, experiment: Experiment) -> Iterator[Finding]:
    """Everything in turn; the rates are those of the experiment, whose preset is called `name`."""
    torch.set_num_threads(1)
    yield "Python", platform.python_version()
    yield "torch", torch.__version__
    cores = counted(usable_cores(), "core")
    yield "processor", f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}, {cores} to train on"
    yield from _cuda()
    yield "matrix products", _precision()
    yield "Metal", "yes" if torch.backends.mps.is_available() else "none here"
    yield "C++ compiler", compiler() or "none"
    yield "compiled engine", missing() or "can be built"
    yield "engine cache", _cache()
    trainer = Trainer(experiment, torch.device("cpu"))
    yield f"{name}, eager", f"{steps_per_second(trainer.stepper, trainer):,.0f} steps/s"
    yield f"{name}, compiled", _compiled_rate(trainer)
    if device := devices.accelerator():
        yield f"{name}, {device}", _rates_on(device, experiment)


def _cuda() -> Iterator[Finding]:
    count, newest = devices.cuda_devices(), devices.driver()
    if newest is not None:
        codes = f" for {', '.join(torch.cuda.get_arch_list())}" if torch.version.cuda else ""
        yield "CUDA driver", f"up to CUDA {newest[0]}.{newest[1]}"
        yield "torch's CUDA", f"{torch.version.cuda or 'none'}{codes}"
    if not count:
        yield "CUDA", devices.trouble() or "none here"
    for index in range(count):
        yield f"cuda:{index}", _card(index)


def _card(index: int) -> str:
    try:
        major, minor = torch.cuda.get_device_capability(index)
        free, whole = torch.cuda.mem_get_info(index)
        devices.check_sound(torch.device("cuda", index))
    except (Refused, RuntimeError) as failure:
        return str(failure).partition("\n")[0]
    name = torch.cuda.get_device_name(index)
    return f"{name}, sm_{major}{minor}, {free / 1e9:.1f} of {whole / 1e9:.1f} GB free"


def _rates_on(device: torch.device, experiment: Experiment) -> str:
    try:
        devices.check_sound(device)
        trainer = Trainer(experiment, device)
        eager = f"eager {steps_per_second(trainer.stepper, trainer):,.0f} steps/s"
        return f"{eager}, compiled {_compiled_rate(trainer)}"
    except (Refused, RuntimeError) as failure:
        return str(failure).partition("\n")[0]


def _precision() -> str:
    if torch.get_float32_matmul_precision() == "highest":
        return "float32 in full precision"
    return "TF32 by the environment; runs switch it off"


def _cache() -> str:
    try:
        count, size = usage()
        return f"{cache_folder()}: {count} compiled steps, {size / 1e6:,.0f} MB"
    except Unavailable as reason:
        return str(reason)


def _compiled_rate(trainer: Trainer) -> str:
    try:
        stepper = StepperChoice("compiled").at_hand(trainer)
    except Unavailable as reason:
        return str(reason)
    if stepper is None:
        return "not built yet; the dashboard builds it while it trains, or: train --engine compiled"
    how = f" ({stepper.how})" if stepper.how else ""
    return f"{steps_per_second(stepper, trainer):,.0f} steps/s{how}"
