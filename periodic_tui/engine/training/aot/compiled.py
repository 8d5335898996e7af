"""Steps as one compiled loop: the training step traced, compiled ahead of time and called again and again from C++."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.randomness import IN_STEPS, KeptStreams, Streams
from periodic_tui.engine.training.aot import aoti
from periodic_tui.engine.training.aot.aoti import Tensors
from periodic_tui.engine.training.aot.cache_key import Kind, Signature
from periodic_tui.engine.training.sampling import Batch, StepInputs, counter_of
from periodic_tui.engine.training.step import State, TrainingStep, cloned
from periodic_tui.engine.training.steppers.base import Stepper


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
            batch = Batch(aoti.in_memory(batch.x), aoti.in_memory(batch.y), batch.weight)
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
    aoti.compile_to(folder, _flat(TrainingStep.of(experiment), signature), (*state, *step_inputs, *drawing))


class Compiled(Stepper):
    """Runs a compiled step."""

    name = "compiled"

    def __init__(self, folder: Path, experiment: Experiment, signature: Signature) -> None:
        self.signature = signature
        self._streams = KeptStreams(counter_of(experiment))
        self.program = aoti.Program(folder)

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        carried = cloned(_ordered(state, self.signature.state))
        losses = state["parameters"].new_empty(count, self.signature.replicas)
        streams = self._streams.of(seeds)
        fixed = [*_ordered(step_inputs, self.signature.step_inputs).values(), streams.keys, streams.counter]
        self.program(list(carried.values()), fixed, first, losses)
        return carried, losses

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        return Signature.of(state, step_inputs) == self.signature


def _ordered(tensors: dict[str, Tensor], kinds: tuple[Kind, ...]) -> dict[str, Tensor]:
    """Contiguous, in the compiled order. The compiled code would read past the end of a tensor of another shape."""
    for name, _, shape in kinds:
        if tensors[name].shape != shape:
            raise ValueError(f"{name} is {list(tensors[name].shape)}, but the step is compiled for {list(shape)}")
    return {name: tensors[name].contiguous() for name, _, _ in kinds}
