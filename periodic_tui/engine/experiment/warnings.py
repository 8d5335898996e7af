"""What an experiment loses although it can be run."""

from __future__ import annotations

import math

from periodic_tui.engine.experiment.experiment import Experiment

_DIGITS = 24
"""Binary digits that float32 keeps."""
_COARSE = math.pi / 4
"""Radians of the fastest wave between two neighboring inputs at which it is lost."""


def warnings(experiment: Experiment) -> dict[str, str]:
    """Key path to what is lost there; empty where nothing is."""
    frequencies, domain = experiment.target.frequencies, experiment.domain
    if experiment.training.dtype != "float32" or not frequencies or not domain.train:
        return {}
    reach = max(abs(end) for interval in (*domain.train, *domain.test) for end in interval)
    spacing = 2.0 ** (math.frexp(reach)[1] - _DIGITS)
    if spacing * max(frequencies) < _COARSE:
        return {}
    period = 2 * math.pi / max(frequencies)
    text = f"at {reach:,g} float32 counts in steps of {spacing:g}, too coarse for a period of {period:g}"
    return {"training.dtype": f"{text}; float64 keeps it"}
