"""Activations, one file a family."""

from periodic_tui.engine.activations import rectifiers
from periodic_tui.engine.activations.base import Activation, activations

__all__ = ["Activation", "activations", "rectifiers"]
