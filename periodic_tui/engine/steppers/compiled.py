"""Steps as one compiled loop: the training step traced, scanned over the step numbers and compiled ahead of time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.sampling import Knobs
from periodic_tui.engine.step import State, TrainingStep
from periodic_tui.engine.steppers import torch_private
from periodic_tui.engine.steppers.base import Remembered
from periodic_tui.engine.steppers.signature import Kind, Signature, counter_of, unrolled

Tensors = tuple[Tensor, ...]


def _one_step(step: TrainingStep, signature: Signature) -> Callable[..., Tensors]:
    """The training step over flat inputs (state, knobs, seeds, counter, number, active) to state and loss."""
    names, knob_names = signature.state_names, signature.knob_names

    def one(*tensors: Tensor) -> Tensors:
        state = dict(zip(names, tensors, strict=False))
        knobs = dict(zip(knob_names, tensors[len(names) :], strict=False))
        seeds, counter, number, active = tensors[-4:]
        after, loss = step(state, knobs, seeds, number, counter)
        return (*(after[name].where(active, state[name]) for name in names), loss)

    return one


class _Loop(nn.Module):
    """The compiled program: state after, and the losses of, the steps that `numbers` `[blocks, width]` names.

    A step number always stands at the same place of its block, and steps that are not asked for are switched off by
    `active`. So a step is the same machine code with the same inputs however the steps are divided into calls.
    """

    def __init__(self, one: Callable[..., Tensors], width: int) -> None:
        super().__init__()
        self.one, self.width = one, width

    def forward(self, state: Tensors, knobs: Tensors, drawing: Tensors, along: Tensors) -> tuple[Tensors, Tensor]:
        def block(carry: Tensors, slices: Tensors) -> tuple[Tensors, Tensor]:
            numbers, active = slices
            losses = []
            for index in range(self.width):
                *carried, loss = self.one(*carry, *knobs, *drawing, numbers[index], active[index])
                carry = tuple(carried)
                losses.append(loss)
            return tuple(tensor.clone() for tensor in carry), torch.stack(losses)

        return torch_private.scan(block, state, along)


def compile_step(library: Path, experiment: Experiment, signature: Signature) -> None:
    """Compile the experiment's step for tensors of that signature; takes many seconds and imports torch's compiler."""
    width = unrolled(experiment, signature)
    state, knobs = (tuple(tensors.values()) for tensors in signature.examples())
    drawing = torch.arange(signature.replicas), counter_of(experiment)
    numbers = torch.arange(8 * width).view(8, width)
    along = numbers, numbers >= 0
    one = _one_step(TrainingStep.of(experiment), signature)
    graph = torch_private.trace(one, (*state, *knobs, *drawing, along[0][0, 0], along[1][0, 0]))
    torch_private.compile_to(library, _Loop(graph, width), (state, knobs, drawing), along)


class Compiled:
    """Runs a compiled step."""

    name = "compiled"

    def __init__(self, library: Path, experiment: Experiment, signature: Signature) -> None:
        self.signature = signature
        self.counter = counter_of(experiment)
        self.width = unrolled(experiment, signature)
        self.program = torch_private.Program(library, len(signature.state) + 1)

    def run(self, state: State, knobs: Knobs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        skipped = first % self.width
        blocks = -(-(skipped + count) // self.width)
        numbers = torch.arange(first - skipped, first - skipped + blocks * self.width)
        active = (numbers >= first) & (numbers < first + count)
        shape = blocks, self.width
        fixed = [*_ordered(state, self.signature.state), *_ordered(knobs, self.signature.knobs)]
        *after, losses = self.program([*fixed, seeds, self.counter, numbers.view(shape), active.view(shape)])
        taken = losses.flatten(0, 1)[skipped : skipped + count]
        return dict(zip(self.signature.state_names, after, strict=True)), taken

    def remembered(self) -> Remembered:
        return ()

    def reset(self, remembered: Remembered = ()) -> None:
        """Nothing is kept between steps."""


def _ordered(tensors: dict[str, Tensor], kinds: tuple[Kind, ...]) -> list[Tensor]:
    """Contiguous, in the compiled order. The compiled code would read past the end of a tensor of another shape."""
    for name, _, shape in kinds:
        if tensors[name].shape != shape:
            raise ValueError(f"{name} is {list(tensors[name].shape)}, but the step is compiled for {list(shape)}")
    return [tensors[name].contiguous() for name, _, _ in kinds]
