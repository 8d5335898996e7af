"""Remedies, one file each; torch-free until one is applied. The order of the imports is that of the menu."""

# isort: off
from periodic_tui.engine.remedies.frequency import widen_range  # noqa: F401
from periodic_tui.engine.remedies.frequency import spectral_start  # noqa: F401
from periodic_tui.engine.remedies.frequency import frequency_bank  # noqa: F401
from periodic_tui.engine.remedies.frequency import smaller_step  # noqa: F401
from periodic_tui.engine.remedies.units import reseed_units  # noqa: F401
from periodic_tui.engine.remedies.units import positive_outgoing  # noqa: F401
from periodic_tui.engine.remedies.units import spread_units  # noqa: F401
from periodic_tui.engine.remedies.units import repel_units  # noqa: F401
from periodic_tui.engine.remedies.general import reinitialize_better  # noqa: F401
from periodic_tui.engine.remedies.general import clip_gradient  # noqa: F401
from periodic_tui.engine.remedies.general import swap_activation  # noqa: F401

# isort: on
from periodic_tui.engine.remedies.base import Course, Failed, Remedy, Train, remedies
from periodic_tui.engine.remedies.context import RemedyContext, Setting

__all__ = ["Course", "Failed", "Remedy", "RemedyContext", "Setting", "Train", "remedies"]
