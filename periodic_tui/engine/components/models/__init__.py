"""Models, one file each."""

from periodic_tui.engine.components.models import harmonic, linear, mlp, oscillators, sine_unit  # noqa: F401  # to be registered
from periodic_tui.engine.components.models.base import HiddenLayer, Layout, Model, Parameter, models

__all__ = ["HiddenLayer", "Layout", "Model", "Parameter", "models"]
