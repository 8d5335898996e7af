"""The fixed points on which everything is measured."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from periodic_tui.engine.commands import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.sampling import PROBE_POINTS, data_set, probe_points


@dataclass(frozen=True, eq=False)
class Probe:
    """Inputs `[points, inputs]` and noise-free outputs `[points, outputs]`."""

    x: Tensor
    y: Tensor


def training_probe(experiment: Experiment) -> Probe:
    """The probe of the training domain; for a fixed data set its own points, at most 4,096 of them.

    Raises Refused where the target is not finite.
    """
    if not experiment.domain.points:
        return _probe(experiment, probe_points(experiment, experiment.domain.train))
    x, _ = data_set(experiment)
    if len(x) > PROBE_POINTS:
        x = x[:: -(-len(x) // PROBE_POINTS)]
    return _probe(experiment, x)


def test_probe(experiment: Experiment) -> Probe | None:
    """The probe of the held-out domain, or None where there is none."""
    if not experiment.domain.test:
        return None
    return _probe(experiment, probe_points(experiment, experiment.domain.test))


def _probe(experiment: Experiment, x: Tensor) -> Probe:
    y = experiment.target(x)
    wrong = (~y.isfinite()).any(-1).nonzero()
    if len(wrong):
        point = ", ".join(f"{value:g}" for value in x[wrong[0, 0]].tolist())
        raise Refused(f"target {experiment.target.kind!r} is not finite at x = {point}")
    return Probe(x, y)
