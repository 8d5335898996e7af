"""Known answers: parameters with which a network represents its target, written down in closed form."""

from periodic_tui.engine.experiment.known_answers import clock, filters, kinks, logarithm, polygons, sine, snake
from periodic_tui.engine.experiment.known_answers.base import NoAnswer, Parameters, known_answer

__all__ = [
    "NoAnswer",
    "Parameters",
    "clock",
    "filters",
    "kinks",
    "known_answer",
    "logarithm",
    "polygons",
    "sine",
    "snake",
]
