"""An experiment as a frozen value: what a preset says, checked; with its known answer, and errors in plain words."""

from periodic_tui.engine.experiment.experiment import Experiment

__all__ = ["Experiment"]
