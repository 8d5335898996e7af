"""Models, one file a family."""

from periodic_tui.engine.components.models import mlp, module, oscillators, waves  # noqa: F401  # to be registered
from periodic_tui.engine.components.models.base import HiddenLayer, Layout, Model, Parameter, models

__all__ = ["HiddenLayer", "Layout", "Model", "Parameter", "models"]
