"""Steps as ordinary torch calls: always there."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from periodic_tui.engine.randomness import KeptStreams, Streams
from periodic_tui.engine.training.sampling import Batch, StepInputs, counter_of
from periodic_tui.engine.training.step import State, TrainingStep
from periodic_tui.engine.training.steppers.base import Stepper

_BLOCK_NUMBERS = 1 << 16
"""Samples drawn at once: a block of steps costs as many torch calls as one step."""

One = Callable[[State, Batch, StepInputs, Streams, Tensor], tuple[State, Tensor]]


class Eager(Stepper):
    """The training step, one torch call after the other; batches are drawn a block of steps at a time."""

    name = "eager"

    def __init__(self, step: TrainingStep, device: torch.device) -> None:
        self.step = step
        self._streams = KeptStreams(counter_of(step.experiment, device))

    def run(self, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int) -> tuple[State, Tensor]:
        if bool(state["alive"].all()):
            after, losses = self._run(self.step.moved, state, step_inputs, seeds, first, count)
            if bool(losses.isfinite().all() & after["parameters"].isfinite().all()):
                return after, losses
        # Looking at every step whether it is finite costs a fifth of the time: only where it was not.
        return self._run(self.step.on_batch, state, step_inputs, seeds, first, count)

    def _run(
        self, one: One, state: State, step_inputs: StepInputs, seeds: Tensor, first: int, count: int
    ) -> tuple[State, Tensor]:
        losses, streams = [], self._streams.of(seeds)
        block = max(1, _BLOCK_NUMBERS // max(1, len(streams.counter) * len(seeds)))
        for start in range(first, first + count, block):
            steps = torch.arange(start, min(start + block, first + count), device=seeds.device)
            batches = self.step.sampler.batch(streams, steps.unsqueeze(-1), step_inputs)
            for index, number in enumerate(steps):
                state, loss = one(state, batches[index], step_inputs, streams, number)
                losses.append(loss)
        return state, torch.stack(losses)
