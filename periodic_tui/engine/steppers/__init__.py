"""How steps are run."""

from periodic_tui.engine.steppers.base import Remembered, Stepper
from periodic_tui.engine.steppers.choice import eager_stepper
from periodic_tui.engine.steppers.eager import Eager

__all__ = ["Eager", "Remembered", "Stepper", "eager_stepper"]
