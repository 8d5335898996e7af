"""Targets, one file a family."""

from periodic_tui.engine.components.targets import clock, elementary, sines, spectra, table
from periodic_tui.engine.components.targets.base import Target, targets

__all__ = ["Target", "clock", "elementary", "sines", "spectra", "table", "targets"]
