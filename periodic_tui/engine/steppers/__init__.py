"""How steps are run."""

from periodic_tui.engine.steppers.base import Stepper
from periodic_tui.engine.steppers.choice import eager_stepper
from periodic_tui.engine.steppers.eager import Eager, EagerFromTorch

__all__ = ["Eager", "EagerFromTorch", "Stepper", "eager_stepper"]
