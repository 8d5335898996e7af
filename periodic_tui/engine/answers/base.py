"""Where known answers are looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from periodic_tui.engine.experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor


class NoAnswer(Exception):
    """The message says why there is no known answer."""


@dataclass(frozen=True, eq=False)
class Answer:
    """Parameters by name, each `[*shape]` in float64; what is not named is zero."""

    parameters: dict[str, Tensor]


Builder = Callable[[Experiment], Answer]
_builders: dict[tuple[str, str], Builder] = {}


def answer(target: str, model: str) -> Callable[[Builder], Builder]:
    """Register the function that writes down the answer of a target for a model."""

    def register(builder: Builder) -> Builder:
        if (target, model) in _builders:
            raise ValueError(f"the answer of {target} for {model} is registered twice")
        _builders[target, model] = builder
        return builder

    return register


def known_answer(experiment: Experiment) -> Answer:
    """The known answer of an experiment; raises NoAnswer with the reason where there is none."""
    target, model = experiment.target.kind, experiment.model.kind
    if (target, model) not in _builders:
        raise NoAnswer(f"no answer of {target} can be written down for the model {model}")
    return _builders[target, model](experiment)
