"""Known answers: parameters with which a network represents its target, written down in closed form."""

from periodic_tui.engine.experiment.known_answers import clock, filters, kinks, logarithm, polygons, sine, snake
from periodic_tui.engine.experiment.known_answers.base import Answer, NoAnswer, known_answer

__all__ = [
    "Answer",
    "NoAnswer",
    "clock",
    "filters",
    "kinks",
    "known_answer",
    "logarithm",
    "polygons",
    "sine",
    "snake",
]
