"""What rescues a network that does not learn.

A remedy is a frozen set of options and a *course*: a generator that asks for training, step by step, and acts between
its requests. It is handed a bench (samples and the trainer's verbs), never the target and never the answer.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from periodic_tui.engine.domain import Domain
from periodic_tui.engine.models.base import Model
from periodic_tui.engine.optimizers.base import Optimizer
from periodic_tui.engine.registry import Spec

if TYPE_CHECKING:
    from torch import Tensor

    from periodic_tui.engine.remedies.bench import Bench


class Failed(Exception):
    """The remedy did not work; the message is the reason that it can see, as a clause without a subject in front."""


@dataclass(frozen=True)
class Train:
    """A request: train so many steps; `stage` is what the screen says meanwhile. 0 steps: only show the stage."""

    steps: int
    stage: str


Course = Generator[Train, "Tensor", str]
"""Yields requests, receives the losses `[steps, replicas]`, and returns what it reached, in past tense."""


@dataclass(frozen=True)
class Setting:
    """What a remedy may know of an experiment: everything but the target."""

    model: Model
    domain: Domain
    optimizer: Optimizer
    inputs: int
    outputs: int
    batch_size: int
    """0: the whole fixed data set."""
    solved_below: float
    loss: str = "mse"

    @property
    def reach(self) -> float | None:
        """Largest distance of a training point from the point next to zero; None without intervals."""
        if not self.domain.train:
            return None
        low, high = self.domain.train[0][0], self.domain.train[-1][1]
        center = min(max(0.0, low), high)
        return max(high - center, center - low)

    def highest(self, limit: float) -> float:
        """The frequency limit, or π/step of an even data set, above which frequencies look like lower ones."""
        if self.domain.spacing != "even":
            return limit
        total = sum(high - low for low, high in self.domain.train)
        return min(limit, math.pi * (self.domain.points - 1) / total)


class Remedy(Spec):
    """Options of one remedy, as `[remedies.NAME]` in a preset; the class says what it is and whom it helps."""

    name: ClassVar[str]
    what: ClassVar[str]
    """What it does, in one line."""
    prior: ClassVar[str]
    """What it has to know beforehand, in one line."""
    verdicts: ClassVar[tuple[str, ...]]
    """Verdict codes that it is for."""

    def unfit(self, setting: Setting) -> str | None:
        """Why it cannot be applied here, or None if it can."""
        raise NotImplementedError

    def course(self, bench: Bench) -> Course:
        """One application to all replicas of the bench. Raises Failed."""
        raise NotImplementedError


remedies: dict[str, type[Remedy]] = {}
"""Every remedy by its name, in the order of the menu."""


def register(remedy: type[Remedy]) -> type[Remedy]:
    """Class decorator; raises ValueError if the name is taken."""
    if remedy.name in remedies:
        raise ValueError(f"remedy {remedy.name!r} is registered twice")
    remedies[remedy.name] = remedy
    return remedy
