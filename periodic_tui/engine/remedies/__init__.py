"""Remedies, one file each; torch-free until one is applied. The order of the imports is that of the menu."""

from periodic_tui.engine.remedies import (  # isort: skip
    widen_range,
    smaller_step,
    reseed_units,
    positive_outgoing,
    spread_units,
    repel_units,
)
from periodic_tui.engine.remedies.base import Course, Failed, Remedy, Setting, Train, remedies

__all__ = [
    "Course",
    "Failed",
    "Remedy",
    "Setting",
    "Train",
    "positive_outgoing",
    "remedies",
    "repel_units",
    "reseed_units",
    "smaller_step",
    "spread_units",
    "widen_range",
]
