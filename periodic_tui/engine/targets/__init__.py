"""Targets, one file a family."""

from periodic_tui.engine.targets import elementary, sines
from periodic_tui.engine.targets.base import Target, targets

__all__ = ["Target", "elementary", "sines", "targets"]
