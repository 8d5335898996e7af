"""Training on with another learning rate for a while, on a copy: the run itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from periodic_tui.engine.arrays import Counts
from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.training.sampling import EACH
from periodic_tui.engine.training.steppers import Stepper, eager_stepper
from periodic_tui.engine.training.trainer import Trainer

_PIECE, _WORK = 16, 2e7
"""Most steps, and products of samples and parameters, between two looks at whether the trial is to be given up."""


def trial(trainer: Trainer, rows: Counts, factor: float, steps: int, check: Callable[[], None]) -> Tensor:
    """Parameters `[rows, parameters]` of these replicas after so many more steps at `factor` times their learning
    rates, on the batches that come next; `check` is called between pieces and may raise."""
    return trials(trainer, rows, (factor,), steps, check)[0]


def trials(
    trainer: Trainer, rows: Counts, factors: Sequence[float], steps: int, check: Callable[[], None]
) -> list[Tensor]:
    """The same for each of several factors."""
    if not isinstance(trainer.experiment.optimizer, ElementWise):
        return [_apart(trainer, rows, factor, steps, check) for factor in factors]
    some = torch.as_tensor(rows, device=trainer.device).repeat(len(factors))
    times = torch.tensor(factors).repeat_interleave(len(rows)).unsqueeze(-1)
    stepper = eager_stepper(trainer.training_step, trainer.device)
    return list(_trained(trainer, stepper, some, times, steps, check).split(len(rows)))


def _apart(trainer: Trainer, rows: Counts, factor: float, steps: int, check: Callable[[], None]) -> Tensor:
    """With an optimizer whose state is torch's, of all replicas together."""
    stepper = eager_stepper(trainer.training_step, trainer.device)
    stepper.load_state_dict(trainer.stepper.state_dict())
    everyone = torch.arange(len(trainer.seeds), device=trainer.device)
    return _trained(trainer, stepper, everyone, torch.tensor(factor), steps, check)[rows]


def _trained(
    trainer: Trainer, stepper: Stepper, some: Tensor, times: Tensor, steps: int, check: Callable[[], None]
) -> Tensor:
    """Parameters of the replicas `some` after the steps at so many `times` their rates."""
    state = {name: value[some] for name, value in trainer.state.items()}
    inputs = {name: value[some] if name in EACH else value for name, value in trainer.step_inputs.items()}
    inputs = inputs | {"lr": inputs["lr"] * times.to(inputs["lr"])}
    seeds, done, last = trainer.seeds[some], trainer.done, trainer.done + steps
    piece = max(1, min(_PIECE, int(_WORK / work_of_step(trainer, len(some)))))
    while done < last:
        check()
        state, _ = stepper.run(state, inputs, seeds, done, min(piece, last - done))
        done += piece
    return state["parameters"].cpu()


def work_of_step(trainer: Trainer, replicas: int) -> int:
    """Products of samples and parameters in a step of so many replicas."""
    samples = trainer.experiment.training.batch_size or trainer.experiment.domain.points
    return max(1, replicas * samples * trainer.training_step.layout.size)
