"""How steps are run."""

from periodic_tui.engine.training.steppers.base import Stepper, StepperState
from periodic_tui.engine.training.steppers.choice import eager_stepper
from periodic_tui.engine.training.steppers.eager import Eager

__all__ = ["Eager", "Stepper", "StepperState", "eager_stepper"]
