"""One replica's training step as the program of a kernel."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from periodic_tui.engine.errors import Unavailable
from periodic_tui.engine.randomness import Streams
from periodic_tui.engine.training.kernel.plan import Plan, plan_of
from periodic_tui.engine.training.kernel.recorder import Recorder
from periodic_tui.engine.training.kernel.source import WARP, source_of
from periodic_tui.engine.training.kernel.values import Input
from periodic_tui.engine.training.sampling import EACH, StepInputs, counter_of
from periodic_tui.engine.training.step import State, TrainingStep

_MEMORY_OF_A_LANE = 128
"""Bytes: as many as there are on a card for each of the threads that it can have."""
_MOST_LANES = 512
_LARGEST_NETWORK = 1 << 16
"""Parameters of a network that might fit beside its processor."""


@dataclass(frozen=True, eq=False)
class Program:
    """What a kernel does, for any number of replicas."""

    plan: Plan
    states: list[Input]
    inputs: list[Input]

    @property
    def memory(self) -> int:
        """Bytes that a replica has beside its processor."""
        return self.plan.memory

    @property
    def lanes(self) -> int:
        """How many threads work on a replica. It follows from the step alone: sums depend on it."""
        wanted = max(WARP, min(_MOST_LANES, self.memory // _MEMORY_OF_A_LANE))
        return 1 << (wanted.bit_length() - 1)

    def source(self, lanes: int) -> str:
        """In C++, for so many lanes."""
        return source_of(self.plan, self.states, self.inputs, lanes)


def program_of(step: TrainingStep, state: State, step_inputs: StepInputs) -> Program:
    """The program of a step for tensors of these kinds. Raises Unavailable where there can be none."""
    if step.layout.size > _LARGEST_NETWORK:
        raise Unavailable("the network is too large for one kernel")
    state = {name: _own(value[:1]) for name, value in sorted(state.items())}
    step_inputs = {name: _own(value[:1] if name in EACH else value) for name, value in sorted(step_inputs.items())}
    streams, number = Streams.of(torch.zeros(1, dtype=torch.int64), counter_of(step.experiment)), torch.tensor(0)
    recorder = Recorder()
    states = [recorder.given(name, value, steady=False, each=True) for name, value in state.items()]
    inputs = [recorder.given(name, value, each=name in EACH) for name, value in step_inputs.items()]
    inputs.append(recorder.given("keys", streams.keys, each=True))
    recorder.given("number", number, steady=False)
    recorder.counts(streams.counter)
    with recorder:
        after, loss = step(state, step_inputs, streams, number)
    outputs = [*(recorder.view(after[name]) for name in state), recorder.view(loss)]
    return Program(plan_of(recorder.values, outputs), states, inputs)


def _own(tensor: Tensor) -> Tensor:
    """The same on the CPU, in memory of its own."""
    return tensor.cpu().clone(memory_format=torch.contiguous_format)
