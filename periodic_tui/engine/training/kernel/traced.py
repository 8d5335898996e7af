"""One replica's training step as the source of a kernel."""

from __future__ import annotations

import torch

from periodic_tui.engine.training.kernel.plan import plan_of
from periodic_tui.engine.training.kernel.recorder import Recorder
from periodic_tui.engine.training.kernel.source import source_of
from periodic_tui.engine.training.sampling import EACH, StepInputs, counter_of
from periodic_tui.engine.training.step import State, TrainingStep


def of_one(state: State, step_inputs: StepInputs) -> tuple[State, StepInputs]:
    """State and inputs of the first replica, on the CPU."""
    inputs = {name: (value[:1] if name in EACH else value).cpu() for name, value in sorted(step_inputs.items())}
    return {name: value[:1].cpu() for name, value in sorted(state.items())}, inputs


def kernel_source(step: TrainingStep, state: State, step_inputs: StepInputs, lanes: int) -> str:
    """The program of a step for tensors of these kinds. Raises Unavailable where there can be none."""
    state, step_inputs = of_one(state, step_inputs)
    seeds, number, counter = torch.zeros(1, dtype=torch.int64), torch.tensor(0), counter_of(step.experiment)
    recorder = Recorder()
    states = [recorder.given(name, value, steady=False, each=True) for name, value in state.items()]
    inputs = [recorder.given(name, value, each=name in EACH) for name, value in step_inputs.items()]
    inputs.append(recorder.given("seeds", seeds, each=True))
    recorder.given("number", number, steady=False)
    recorder.counted(counter)
    with recorder:
        after, loss = step(state, step_inputs, seeds, number, counter)
    outputs = [recorder.view(after[name]) for name in state]
    return source_of(plan_of(recorder.values, [*outputs, recorder.view(loss)]), states, inputs, lanes)
