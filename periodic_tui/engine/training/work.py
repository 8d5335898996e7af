"""How much work a training step is."""

from __future__ import annotations

from periodic_tui.engine.experiment import Experiment

WIDE = 1e7
"""Samples times parameters of a step, of all replicas, from which torch's threads are tried: such a step takes about a
millisecond, and shorter ones are never faster with several threads."""


def products(experiment: Experiment) -> float:
    """Samples times parameters of a step of one replica."""
    target, training = experiment.target, experiment.training
    samples = training.batch_size or experiment.domain.points
    return float(experiment.model.layout(target.inputs, target.outputs).size * samples)
