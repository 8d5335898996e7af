"""Steps as one compiled loop: the training step traced, compiled ahead of time and called again and again from C++."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import IN_STEPS, KeptStreams, Streams
from periodic_tui.engine.scheduling.preemption import UNSET, Flag
from periodic_tui.engine.training.aot import compiler
from periodic_tui.engine.training.aot.cache_key import Kind, Signature
from periodic_tui.engine.training.aot.compiler import Tensors
from periodic_tui.engine.training.aot.groups import Groups
from periodic_tui.engine.training.aot.program import Input, Program
from periodic_tui.engine.training.sampling import EACH, Batch, StepInputs, counter_of
from periodic_tui.engine.training.step import State, TrainingStep
from periodic_tui.engine.training.steppers.base import Stepper

_WORTH = 1e-4
"""Seconds of work that a thread must have: starting one takes some hundredths of a millisecond."""
_TURN = 1e-3
"""Seconds for which all threads together take steps before they look whether a command is waiting."""


def _flat(step: TrainingStep, signature: Signature) -> Callable[..., Tensors]:
    """The training step over flat inputs (state, step_inputs, keys, counter, number) to state and loss."""
    names, step_input_names = ([name for name, _, _ in kinds] for kinds in (signature.state, signature.step_inputs))

    def flat(*tensors: Tensor) -> Tensors:
        state = dict(zip(names, tensors, strict=False))
        step_inputs = dict(zip(step_input_names, tensors[len(names) :], strict=False))
        keys, counter, number = tensors[-3:]
        streams = Streams(keys, counter)
        batch = step.sampler.batch(streams, number, step_inputs)
        if step.sampler.batch_size:
            batch = Batch(compiler.in_memory(batch.x), compiler.in_memory(batch.y), batch.weight)
        after, loss = step.on_batch(state, batch, step_inputs, streams, number)
        for name in names:  # the loop copies one over the other
            if (after[name].shape, after[name].dtype) != (state[name].shape, state[name].dtype):
                raise TypeError(f"a step makes another kind of tensor of {name}")
        return (*(after[name] for name in names), loss)

    return flat


def compile_step(folder: Path, experiment: Experiment, signature: Signature) -> None:
    """Compile the experiment's step for tensors of that signature; takes many seconds and imports torch's compiler."""
    state, step_inputs = (tuple(tensors.values()) for tensors in signature.examples())
    keys = torch.zeros(signature.replicas, len(IN_STEPS), dtype=torch.int64)
    drawing = keys, counter_of(experiment), torch.tensor(0)
    flat = _flat(TrainingStep.of(experiment), signature)
    compiler.compile_to(folder, flat, (*state, *step_inputs, *drawing), signature.together)


class Compiled(Stepper):
    """Runs a compiled step, of a population group after group."""

    name = "compiled"
    longest = 1 << 16
    gives_way = True

    def __init__(self, folder: Path, experiment: Experiment, groups: Groups) -> None:
        self.groups = groups
        self.parts = groups.count
        self.program = Program(folder)
        self._threads = 0
        self._streams = KeptStreams(counter_of(experiment))
        self._cost = 0.0
        """Seconds of a step of a group; 0 before the first one."""

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        return self.run_until(UNSET, state, step_inputs, seeds, first, count)

    def run_until(
        self, wanted: Flag, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int
    ) -> tuple[State, Tensor]:
        groups, streams = self.groups, self._streams.of(seeds)
        _check(state, groups.whole.state)
        _check(step_inputs, groups.whole.step_inputs)
        carried = {name: self._rows(state[name].clone()) for name, _, _ in groups.whole.state}
        fixed = [self._input(name, step_inputs[name]) for name, _, _ in groups.whole.step_inputs]
        losses = state["parameters"].new_empty(count, groups.count * groups.width)
        drawing = [self._rows(streams.keys), Input(streams.counter)]
        done = self._timed(list(carried.values()), [*fixed, *drawing], first, losses, wanted)
        after = {name: groups.own(each.tensor) for name, each in carried.items()}
        return after, losses[:done, : groups.whole.replicas].contiguous()

    def _rows(self, rows: Tensor) -> Input:
        return Input(self.groups.filled(rows), self.groups.count)

    def _input(self, name: str, value: Tensor) -> Input:
        return self._rows(value) if name in EACH else Input(value.contiguous())

    def _timed(self, state: list[Input], fixed: list[Input], first: int, losses: Tensor, wanted: Flag) -> int:
        """One call of the loop: how many steps it ran."""
        work = self._cost * self.groups.count
        threads = max(1, min(self._threads, self.parts, int(work * len(losses) / _WORTH)))
        block = max(1, int(_TURN * threads / work)) if work else 1
        started = time.perf_counter()
        done = self.program(state, fixed, first, losses, threads=threads, block=block, wanted=wanted)
        self._cost = (time.perf_counter() - started) * threads / (self.groups.count * done)
        return done

    @property
    def threads(self) -> int:
        return self._threads if self.parts > 1 else torch.get_num_threads()

    @threads.setter
    def threads(self, count: int) -> None:
        self._threads = max(1, min(count, self.parts))
        torch.set_num_threads(1 if self.parts > 1 else count)

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        return Signature.of(state, step_inputs) == self.groups.whole


def _check(tensors: dict[str, Tensor], kinds: tuple[Kind, ...]) -> None:
    """The compiled code would read past the end of a tensor of another shape."""
    for name, _, shape in kinds:
        if tensors[name].shape != shape:
            raise ValueError(f"{name} is {list(tensors[name].shape)}, but the step is compiled for {list(shape)}")
