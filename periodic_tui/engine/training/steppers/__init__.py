"""How steps are run."""

from periodic_tui.engine.training.steppers.base import Remembered, Stepper
from periodic_tui.engine.training.steppers.choice import eager_stepper
from periodic_tui.engine.training.steppers.eager import Eager

__all__ = ["Eager", "Remembered", "Stepper", "eager_stepper"]
