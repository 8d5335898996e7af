"""Steps of a population as one launch, however many they are: between two steps nothing leaves the processors."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import cache

import torch
from torch import Tensor

from periodic_tui.engine.randomness import KeptStreams
from periodic_tui.engine.training.aot.cache_key import Signature
from periodic_tui.engine.training.kernel import nvrtc
from periodic_tui.engine.training.kernel.driver import Kernel
from periodic_tui.engine.training.kernel.program import Program, program_of
from periodic_tui.engine.training.sampling import EACH, StepInputs, counter_of
from periodic_tui.engine.training.step import State, TrainingStep
from periodic_tui.engine.training.steppers.base import Stepper
from periodic_tui.engine.training.work import work

Launch = Callable[[bytes, int], None]
"""Runs a kernel for the structure of its arguments and a number of replicas."""
Build = Callable[[Program], Launch]

_LONGEST = 0.05
"""Seconds of a run of the kernel where nobody watches, about; more would delay signals."""
_SMALL, _LARGE, _STAGES = 1.6e9, 1e10, 6e-6
"""Work that a warp does in a second where there is little of it, and where there is much; and how long it takes then
to go from one stage of a step to the next."""


def seconds_of_a_step(work_of_a_replica: float) -> float:
    """At most, on an NVIDIA H200, whatever the number of replicas as long as there is a warp for each."""
    return min(work_of_a_replica / _SMALL, _STAGES + work_of_a_replica / _LARGE)


class OneKernel(Stepper):
    """Runs steps by a kernel. Replica k is the single run with seed + k to the last bit."""

    name = "compiled"
    how = "one kernel"
    any_number = True

    def __init__(self, step: TrainingStep, state: State, step_inputs: StepInputs, build: Build) -> None:
        """For tensors of these kinds. Raises Unavailable where there can be no such kernel."""
        self._signature = _of_one(state, step_inputs)
        self._streams = KeptStreams(counter_of(step.experiment, state["parameters"].device))
        self.longest = max(1, int(_LONGEST / seconds_of_a_step(work(step.experiment))))
        self._launch = build(program_of(step, state, step_inputs))

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        if not self.accepts(state, step_inputs):
            raise ValueError("the kernel was compiled for tensors of other shapes")
        carried = {name: value.contiguous().clone() for name, value in sorted(state.items())}
        fixed = [value.contiguous() for _, value in sorted(step_inputs.items())]
        losses = state["parameters"].new_empty(count, len(seeds))
        tensors = [*carried.values(), *fixed, self._streams.of(seeds).keys, losses]
        self._launch(arguments_of(tensors, first, count, len(seeds)), len(seeds))
        return carried, losses

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        rows = {len(value) for value in [*state.values(), *(step_inputs[name] for name in EACH if name in step_inputs)]}
        return len(rows) == 1 and _of_one(state, step_inputs) == self._signature


def _of_one(state: State, step_inputs: StepInputs) -> Signature:
    """The signature of a single replica's."""
    own = {name: value[:1] if name in EACH else value for name, value in step_inputs.items()}
    return Signature.of({name: value[:1] for name, value in state.items()}, own)


def arguments_of(tensors: Sequence[Tensor], first: int, count: int, replicas: int) -> bytes:
    """The structure that a kernel is given, with the addresses of tensors that must outlive its run."""
    return struct.pack(f"{len(tensors)}Pqii", *(tensor.data_ptr() for tensor in tensors), first, count, replicas)


def on(device: torch.device) -> Build:
    """Builds kernels for a CUDA device. Raises Unavailable where that cannot be."""
    nvrtc.library()

    def build(program: Program) -> Launch:
        return kernel_of(program.source(program.lanes), device, program.lanes, program.memory)

    return build


@cache
def kernel_of(source: str, device: torch.device, lanes: int, memory: int) -> Kernel:
    """A kernel, loaded once."""
    return Kernel(source, device, lanes, memory)
