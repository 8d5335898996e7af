"""How much work a training step is."""

from __future__ import annotations

from periodic_tui.engine.experiment import Experiment

WIDE = 1e7
"""Samples times parameters of a step, of all replicas, from which torch's threads are tried: such a step takes about a
millisecond, and shorter ones are never faster with several threads."""
_SAMPLE = 64
"""What a sample costs besides its products with the parameters, in such products."""


def products(experiment: Experiment) -> float:
    """Samples times parameters of a step of one replica."""
    target = experiment.target
    return float(experiment.model.layout(target.inputs, target.outputs).size * experiment.samples)


def work(experiment: Experiment) -> float:
    """The same, with what samples cost besides."""
    return products(experiment) + _SAMPLE * experiment.samples
