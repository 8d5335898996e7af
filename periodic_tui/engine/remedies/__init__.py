"""Remedies, one file each; torch-free until one is applied. The order of the imports is that of the menu."""

# isort: off
from periodic_tui.engine.remedies.frequency import widen_range, spectral_start, frequency_bank  # noqa: F401
from periodic_tui.engine.remedies.general import smaller_step, adam, larger_step, solve_output  # noqa: F401
from periodic_tui.engine.remedies.general import standardize  # noqa: F401
from periodic_tui.engine.remedies.renewal import output_linear, add_biases, more_units, bend_units  # noqa: F401
from periodic_tui.engine.remedies.general import center  # noqa: F401
from periodic_tui.engine.remedies.general import reinitialize_better, clip_gradient, swap_activation  # noqa: F401
from periodic_tui.engine.remedies.renewal import usual_start, by_sines, usual_recipe  # noqa: F401
from periodic_tui.engine.remedies.units import reseed_units, positive_outgoing, spread_units, repel_units  # noqa: F401

# isort: on
from periodic_tui.engine.remedies.base import MANY_CYCLES, Course, Failed, Remedy, Train, remedies
from periodic_tui.engine.remedies.context import RemedyContext, Setting

__all__ = ["MANY_CYCLES", "Course", "Failed", "Remedy", "RemedyContext", "Setting", "Train", "remedies"]
