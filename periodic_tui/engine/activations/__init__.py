"""Activations, one file a family."""

from periodic_tui.engine.activations import periodic, rectifiers, smooth
from periodic_tui.engine.activations.base import Activation, activations

__all__ = ["Activation", "activations", "periodic", "rectifiers", "smooth"]
