"""The fixed points on which everything is measured."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.sampling import PROBE_POINTS, noise_free, probe_points, torch_dtype


@dataclass(frozen=True, eq=False)
class Probe:
    """Inputs `[points, inputs]` and noise-free outputs `[points, outputs]`."""

    x: Tensor
    y: Tensor

    def on(self, device: torch.device) -> Probe:
        """The same points on a device."""
        return Probe(self.x.to(device), self.y.to(device))

    def part(self, count: int) -> Probe:
        """At most so many of its points, always the same ones."""
        if count >= len(self.x):
            return self
        some = part_of(len(self.x), count).to(self.x.device)
        return Probe(self.x[some], self.y[some])


@lru_cache(maxsize=8)
def part_of(points: int, count: int) -> Tensor:
    """Indices of at most `count` points, always the same ones, drawn without order: every eighth point of a Sobol
    sequence would lie in an eighth of the domain."""
    if count >= points:
        return torch.arange(points)
    return torch.randperm(points, generator=torch.Generator().manual_seed(0))[:count].sort().values


def training_probe(experiment: Experiment) -> Probe:
    """The probe of the training domain; for a fixed data set its own points, at most 4,096 of them.

    Raises Refused where the target is not finite.
    """
    if experiment.domain.points:
        return _finite(experiment, *noise_free(experiment))
    x = probe_points(experiment, experiment.domain.train)
    return _finite(experiment, x, experiment.target(x))


def test_probe(experiment: Experiment) -> Probe | None:
    """The probe of the held-out domain, or None where there is none."""
    if rows := experiment.target.held_out(experiment.domain.test):
        return _finite(experiment, *(values.to(torch_dtype(experiment)) for values in rows))
    if not experiment.domain.test:
        return None
    x = probe_points(experiment, experiment.domain.test)
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
