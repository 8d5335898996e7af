"""Models, one file each."""

from periodic_tui.engine.models import mlp, sine_unit
from periodic_tui.engine.models.base import HiddenLayer, Layout, Model, Parameter, models

__all__ = ["HiddenLayer", "Layout", "Model", "Parameter", "mlp", "models", "sine_unit"]
