"""Training on with another learning rate for a while, on a copy: the run itself stays as it is."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch
from torch import Tensor

from periodic_tui.engine.arrays import Counts
from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.slices import Slices
from periodic_tui.engine.training.sampling import EACH
from periodic_tui.engine.training.steppers import Stepper, eager_stepper
from periodic_tui.engine.training.trainer import Trainer

_SLICE = 0.004
"""Seconds that a slice takes at most, if a step does not take longer."""


def trial(trainer: Trainer, rows: Counts, factor: float, steps: int) -> Slices[Tensor]:
    """Parameters `[rows, parameters]` of these replicas after so many more steps at `factor` times their learning
    rates, on the batches that come next."""
    return (yield from trials(trainer, rows, (factor,), steps))[0]


def trials(trainer: Trainer, rows: Counts, factors: Sequence[float], steps: int) -> Slices[list[Tensor]]:
    """The same for each of several factors."""
    if not isinstance(trainer.experiment.optimizer, ElementWise):
        found = []
        for factor in factors:
            found.append((yield from _apart(trainer, rows, factor, steps)))
        return found
    some = torch.as_tensor(rows, device=trainer.device).repeat(len(factors))
    times = torch.tensor(factors).repeat_interleave(len(rows)).unsqueeze(-1)
    own = trainer.stepper
    stepper = own if own.any_number else eager_stepper(trainer.training_step, trainer.device)
    after = yield from _trained(trainer, stepper, some, times, steps)
    return list(after.split(len(rows)))


def _apart(trainer: Trainer, rows: Counts, factor: float, steps: int) -> Slices[Tensor]:
    """With an optimizer whose state is torch's, of all replicas together."""
    stepper = eager_stepper(trainer.training_step, trainer.device)
    stepper.load_state_dict(trainer.stepper.state_dict())
    everyone = torch.arange(len(trainer.seeds), device=trainer.device)
    return (yield from _trained(trainer, stepper, everyone, torch.tensor(factor), steps))[rows]


def _trained(trainer: Trainer, stepper: Stepper, some: Tensor, times: Tensor, steps: int) -> Slices[Tensor]:
    """Parameters of the replicas `some` after the steps at so many `times` their rates."""
    state = {name: value[some] for name, value in trainer.state.items()}
    inputs = {name: value[some] if name in EACH else value for name, value in trainer.step_inputs.items()}
    inputs = inputs | {"lr": inputs["lr"] * times.to(inputs["lr"])}
    done, last, seeds = trainer.done, trainer.done + steps, trainer.seeds[some]
    piece = 1
    while done < last:
        yield
        started = time.perf_counter()
        state, _ = stepper.run(state, inputs, seeds, done, min(piece, last - done))
        done += piece
        if time.perf_counter() - started < _SLICE / 2:
            piece *= 2
    return state["parameters"]
