"""Activations, one file a family."""

from periodic_tui.engine.components.activations import periodic, rectifiers, smooth, wavelets
from periodic_tui.engine.components.activations.base import Activation, activations

__all__ = ["Activation", "activations", "periodic", "rectifiers", "smooth", "wavelets"]
