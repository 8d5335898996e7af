"""Remedies, one file each; torch-free until one is applied."""

from periodic_tui.engine.remedies import smaller_step, widen_range
from periodic_tui.engine.remedies.base import Course, Failed, Remedy, Setting, Train, remedies

__all__ = ["Course", "Failed", "Remedy", "Setting", "Train", "remedies", "smaller_step", "widen_range"]
