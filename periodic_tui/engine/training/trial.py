"""Training on with another learning rate for a while, on a copy: the run itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from periodic_tui.engine.arrays import Counts
from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.training.sampling import EACH
from periodic_tui.engine.training.steppers import eager_stepper
from periodic_tui.engine.training.trainer import Trainer

_PIECE, _WORK = 16, 2e7
"""Most steps, and products of samples and parameters, between two looks at whether the trial is to be given up."""


def trial(trainer: Trainer, rows: Counts, factor: float, steps: int, check: Callable[[], None]) -> Tensor:
    """Parameters `[rows, parameters]` of these replicas after so many more steps at `factor` times their learning
    rates, on the batches that come next; `check` is called between pieces and may raise."""
    stepper = eager_stepper(trainer.training_step, trainer.device)
    some = torch.as_tensor(rows, device=trainer.device)
    if not isinstance(trainer.experiment.optimizer, ElementWise):  # its state is torch's, of all replicas together
        some = torch.arange(len(trainer.seeds), device=trainer.device)
        stepper.load_state_dict(trainer.stepper.state_dict())
    state = {name: value[some] for name, value in trainer.state.items()}
    inputs = {name: value[some] if name in EACH else value for name, value in trainer.step_inputs.items()}
    inputs = inputs | {"lr": inputs["lr"] * factor}
    done, last = trainer.done, trainer.done + steps
    piece = max(1, min(_PIECE, int(_WORK / work_of_step(trainer, len(some)))))
    while done < last:
        check()
        state, _ = stepper.run(state, inputs, trainer.seeds[some], done, min(piece, last - done))
        done += piece
    parameters = state["parameters"].cpu()
    return parameters if len(some) == len(rows) else parameters[rows]


def work_of_step(trainer: Trainer, replicas: int) -> int:
    """Products of samples and parameters in a step of so many replicas."""
    samples = trainer.experiment.training.batch_size or trainer.experiment.domain.points
    return max(1, replicas * samples * trainer.training_step.layout.size)
