"""How steps are run."""

import torch

from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.components.optimizers.of_torch import PerReplica
from periodic_tui.engine.training.step import TrainingStep
from periodic_tui.engine.training.steppers.base import Stepper, StepperState
from periodic_tui.engine.training.steppers.eager import Eager
from periodic_tui.engine.training.steppers.from_torch import EagerFromTorch, EagerPerReplica

__all__ = ["Eager", "Stepper", "StepperState", "eager_stepper"]


def eager_stepper(step: TrainingStep, device: torch.device) -> Stepper:
    """The eager stepper that the experiment's optimizer needs, with a fresh optimizer state."""
    match step.experiment.optimizer:
        case ElementWise():
            return Eager(step, device)
        case PerReplica():
            return EagerPerReplica(step, device)
    return EagerFromTorch(step, device)
