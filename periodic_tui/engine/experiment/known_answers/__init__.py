"""Known answers: parameters with which a network represents its target, written down in closed form."""

from periodic_tui.engine.experiment.known_answers import exact, logarithm, polygons, snake  # noqa: F401  # to be registered
from periodic_tui.engine.experiment.known_answers.base import NoAnswer, Parameters, known_answer

__all__ = ["NoAnswer", "Parameters", "known_answer"]
