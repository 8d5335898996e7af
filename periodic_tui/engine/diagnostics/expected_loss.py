"""The expected loss of sin(ωx) against sin(ω₀x), with gradient and curvature, in closed form.

With C(k) = E cos(kx) over the domain, L(ω) = 1 − ½C(2ω) − ½C(2ω₀) − C(ω−ω₀) + C(ω+ω₀). On [−R, R] C(k) is
sin(kR)/(kR), so that L falls towards ω₀ only within 4.4934/R of it, where tan u = u.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.domain import Interval
from periodic_tui.engine.components.mean_cosine import mean_cosine
from periodic_tui.engine.components.models.waves import SineUnit
from periodic_tui.engine.components.targets.sines import Sine
from periodic_tui.engine.experiment import Experiment


@dataclass(frozen=True)
class ExpectedLoss:
    """The expected loss of a sine of one frequency against the target's sine."""

    frequency: float
    intervals: tuple[Interval, ...]
    """The training domain; empty for x ~ N(0, 1)."""
    scale: float = 1.0
    """The factor by which inputs are multiplied."""

    @classmethod
    def of(cls, experiment: Experiment) -> ExpectedLoss | None:
        """The closed form, for experiments that have one."""
        target, model, domain = experiment.target, experiment.model, experiment.domain
        plain = isinstance(target, Sine) and type(model) is SineUnit and experiment.training.loss == "mse"
        if not plain or domain.points or not (domain.train or domain.distribution == "normal"):
            return None
        assert isinstance(target, Sine)
        return cls(target.frequency, domain.train, domain.scale[0] if domain.scale else 1.0)

    def loss(self, omega: Floats) -> Floats:
        """L at each ω."""
        return 1 + self._sum(omega, 0)

    def gradient(self, omega: Floats) -> Floats:
        """dL/dω."""
        return self._sum(omega, 1)

    def curvature(self, omega: Floats) -> Floats:
        """d²L/dω²."""
        return self._sum(omega, 2)

    def _sum(self, omega: Floats, order: int) -> Floats:
        omega, answer = np.asarray(omega, dtype=np.float64), self.frequency
        terms = -0.5 * 2.0**order * self._mean_cosine(2 * omega, order)
        terms = terms - self._mean_cosine(omega - answer, order) + self._mean_cosine(omega + answer, order)
        return terms - 0.5 * self._mean_cosine(np.array(2 * answer), 0) if order == 0 else terms

    def _mean_cosine(self, k: Floats, order: int) -> Floats:
        """C(k) or its derivative of that order."""
        return mean_cosine(k, self.intervals, self.scale, order)
