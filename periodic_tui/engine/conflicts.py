"""What is wrong with an experiment although each of its values is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from periodic_tui.engine.experiment import Experiment

MAX_NUMBERS = 1_000_000_000
"""Most numbers that a step may keep, over all replicas: a batch's inputs, activations, outputs, and the parameters."""


def conflicts(experiment: Experiment) -> dict[str, str]:
    """Key path to what conflicts there with another key; empty where all goes together."""
    apart = _in_domain(experiment) | _in_data_set(experiment) | _in_loss(experiment)
    return apart | (_in_model(experiment) or _in_layout(experiment))


def _in_domain(experiment: Experiment) -> dict[str, str]:
    domain, inputs = experiment.domain, experiment.target.inputs
    found = {}
    if domain.distribution == "normal":
        for key in ("train", "test"):
            if getattr(domain, key):
                found[f"domain.{key}"] = 'expected no intervals where domain.distribution = "normal"'
    if domain.scale and len(domain.scale) != inputs:
        count = len(domain.scale)
        found["domain.scale"] = f"expected {inputs} factors, one for each input of the target, got {count}"
    return found | {f"domain.{key}": text for key, text in experiment.target.conflicts(domain).items()}


def _in_data_set(experiment: Experiment) -> dict[str, str]:
    points, batch_size = experiment.domain.points, experiment.training.batch_size
    found = {}
    if not points and experiment.domain.spacing == "even":
        found["domain.spacing"] = "even spacing is for a fixed data set, expected domain.points above 0"
    if not points and not batch_size:
        found["training.batch_size"] = "0 is the whole data set, but domain.points = 0 has none; expected at least 1"
    if points and batch_size > points:
        found["training.batch_size"] = f"expected at most domain.points = {points:,}, or 0 for all, got {batch_size:,}"
    return found


def _in_loss(experiment: Experiment) -> dict[str, str]:
    if experiment.training.loss == "mse" or experiment.target.phases:
        return {}
    kind = experiment.target.kind
    return {"training.loss": f"circular compares phases, and {kind} gives none; expected mse"}


def _in_model(experiment: Experiment) -> dict[str, str]:
    found = experiment.model.conflicts(experiment.target.inputs, experiment.target.outputs)
    return {f"model.{key}": text for key, text in found.items()}


def _in_layout(experiment: Experiment) -> dict[str, str]:
    """Only where model and target fit: the layout has to make sense."""
    layout = experiment.model.layout(experiment.target.inputs, experiment.target.outputs)
    found = experiment.optimizer.conflicts(layout)
    return {f"optimizer.{key}": text for key, text in found.items()} | _in_size(experiment)


def _in_size(experiment: Experiment) -> dict[str, str]:
    target, model, training = experiment.target, experiment.model, experiment.training
    samples = training.batch_size or experiment.domain.points
    units = target.inputs + sum(model.hidden_units) + target.outputs
    numbers = training.replicas * (samples * units + model.layout(target.inputs, target.outputs).size)
    if numbers <= MAX_NUMBERS:
        return {}
    return {
        "training": f"a step of {training.replicas:,} replicas with {samples:,} samples each keeps {numbers:,} numbers,"
        f" expected at most {MAX_NUMBERS:,}"
    }
