"""Steps as one compiled loop: the training step traced, compiled ahead of time and called again and again from C++."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.scheduling.preemption import UNSET, Flag
from periodic_tui.engine.training.aot import aoti
from periodic_tui.engine.training.aot.aoti import Tensors
from periodic_tui.engine.training.aot.cache_key import Kind, Signature
from periodic_tui.engine.training.sampling import Batch, StepInputs, counter_of
from periodic_tui.engine.training.step import State, TrainingStep, cloned
from periodic_tui.engine.training.steppers.base import Stepper


def _flat(step: TrainingStep, signature: Signature) -> Callable[..., Tensors]:
    """The training step over flat inputs (state, step_inputs, seeds, counter, number) to state and loss."""
    names, step_input_names = ([name for name, _, _ in kinds] for kinds in (signature.state, signature.step_inputs))

    def flat(*tensors: Tensor) -> Tensors:
        state = dict(zip(names, tensors, strict=False))
        step_inputs = dict(zip(step_input_names, tensors[len(names) :], strict=False))
        seeds, counter, number = tensors[-3:]
        batch = step.sampler.batch(seeds, number, step_inputs, counter)
        if step.sampler.batch_size:
            batch = Batch(aoti.in_memory(batch.x), aoti.in_memory(batch.y), batch.weight)
        after, loss = step.on_batch(state, batch, step_inputs, seeds, number, counter)
        for name in names:  # the loop copies one over the other
            if (after[name].shape, after[name].dtype) != (state[name].shape, state[name].dtype):
                raise TypeError(f"a step makes another kind of tensor of {name}")
        return (*(after[name] for name in names), loss)

    return flat


def compile_step(folder: Path, experiment: Experiment, signature: Signature) -> None:
    """Compile the experiment's step for tensors of that signature; takes many seconds and imports torch's compiler."""
    state, step_inputs = (tuple(tensors.values()) for tensors in signature.examples())
    drawing = torch.arange(signature.replicas), counter_of(experiment), torch.tensor(0)
    aoti.compile_to(folder, _flat(TrainingStep.of(experiment), signature), (*state, *step_inputs, *drawing))


class Compiled(Stepper):
    """Runs a compiled step."""

    name = "compiled"
    longest = 1 << 16
    gives_way = True

    def __init__(self, folder: Path, experiment: Experiment, signature: Signature) -> None:
        self.signature = signature
        self.counter = counter_of(experiment)
        self.program = aoti.Program(folder)

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        return self.run_until(UNSET, state, step_inputs, seeds, first, count)

    def run_until(
        self, wanted: Flag, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int
    ) -> tuple[State, Tensor]:
        carried = cloned(_ordered(state, self.signature.state))
        losses = state["parameters"].new_empty(count, self.signature.replicas)
        fixed = [*_ordered(step_inputs, self.signature.step_inputs).values(), seeds.contiguous(), self.counter]
        done = self.program(list(carried.values()), fixed, first, losses, wanted)
        return carried, losses[:done]

    def accepts(self, state: State, step_inputs: StepInputs) -> bool:
        return Signature.of(state, step_inputs) == self.signature


def _ordered(tensors: dict[str, Tensor], kinds: tuple[Kind, ...]) -> dict[str, Tensor]:
    """Contiguous, in the compiled order. The compiled code would read past the end of a tensor of another shape."""
    for name, _, shape in kinds:
        if tensors[name].shape != shape:
            raise ValueError(f"{name} is {list(tensors[name].shape)}, but the step is compiled for {list(shape)}")
    return {name: tensors[name].contiguous() for name, _, _ in kinds}
