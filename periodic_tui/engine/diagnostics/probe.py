"""The fixed points on which everything is measured."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from periodic_tui.engine.diagnostics.subsample import part_of
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.sampling import PROBE_POINTS, noise_free, probe_points, torch_dtype


@dataclass(frozen=True, eq=False)
class Probe:
    """Inputs `[points, inputs]` and noise-free outputs `[points, outputs]`."""

    x: Tensor
    y: Tensor

    def part(self, count: int) -> Probe:
        """At most so many of its points, always the same ones."""
        if count >= len(self.x):
            return self
        some = part_of(len(self.x), count).to(self.x.device)
        return Probe(self.x[some], self.y[some])


def training_probe(experiment: Experiment) -> Probe:
    """The probe of the training domain; for a fixed data set its own points, at most 4,096 of them.

    Raises Refused where the target is not finite.
    """
    if not experiment.domain.points:
        return _probe(experiment, probe_points(experiment, experiment.domain.train))
    return _finite(experiment, *noise_free(experiment))


def test_probe(experiment: Experiment) -> Probe | None:
    """The probe of the held-out domain, or None where there is none."""
    if not experiment.domain.test:
        return None
    rows = experiment.target.rows(experiment.domain.test)
    if rows is not None:
        return _finite(experiment, rows[0].to(torch_dtype(experiment)), rows[1].to(torch_dtype(experiment)))
    return _probe(experiment, probe_points(experiment, experiment.domain.test))


def _probe(experiment: Experiment, x: Tensor) -> Probe:
    return _finite(experiment, x, experiment.target(x))


def _finite(experiment: Experiment, x: Tensor, y: Tensor) -> Probe:
    """At most 4,096 of the points, if every output is finite."""
    stride = -(-len(x) // PROBE_POINTS)
    x, y = x[::stride], y[::stride]
    wrong = (~y.isfinite()).any(-1).nonzero()
    if len(wrong):
        point = ", ".join(f"{value:g}" for value in x[wrong[0, 0]].tolist())
        raise Refused(f"target {experiment.target.kind!r} is not finite at x = {point}")
    return Probe(x, y)
