"""What is wrong with an experiment although each of its values is right."""

from __future__ import annotations

import struct

from periodic_tui.engine.components.domain import Domain
from periodic_tui.engine.components.initializers import Init
from periodic_tui.engine.components.models import Model
from periodic_tui.engine.components.optimizers import Optimizer
from periodic_tui.engine.components.targets import Target
from periodic_tui.engine.components.training_options import Training
from periodic_tui.engine.limits import LARGEST

MAX_NUMBERS = 1_000_000_000
"""Most numbers that a step may keep, over all replicas: a batch's inputs, activations, outputs, and the parameters."""


def conflicts(
    target: Target, domain: Domain, model: Model, init: Init, optimizer: Optimizer, training: Training
) -> dict[str, str]:
    """Key path to what conflicts there with another key; empty where all goes together."""
    apart = _in_domain(domain, target, training) | _in_training(training, domain, target) | _in_scale(target, model)
    if found := model.conflicts(target.inputs, target.outputs):
        return apart | _under("model", found)
    apart |= _in_loss(training.loss, target, model) | _in_start(init, model)
    if not model.is_known:
        return apart
    layout = model.layout(target.inputs, target.outputs)
    together = _under("optimizer", optimizer.conflicts(layout)) | _under(
        "init", init.conflicts(layout, training.replicas)
    )
    return apart | together | _in_size(target, domain, model, training, layout.size)


def _under(table: str, found: dict[str, str]) -> dict[str, str]:
    return {f"{table}.{key}": text for key, text in found.items()}


def _in_domain(domain: Domain, target: Target, training: Training) -> dict[str, str]:
    found = _without_width(domain) if training.dtype == "float32" else {}
    farthest = max((abs(end) for interval in (*domain.train, *domain.test) for end in interval), default=1.0)
    factor = max(map(abs, domain.scale), default=1.0)
    if farthest * factor > LARGEST:
        found["scale"] = f"expected inputs up to {LARGEST:g} in size, got {farthest:g} times {factor:g}"
    if domain.distribution == "normal":
        for key in ("train", "test"):
            if getattr(domain, key):
                found[key] = 'expected no intervals where domain.distribution = "normal"'
    if domain.scale and len(domain.scale) != target.inputs:
        found["scale"] = f"expected {target.inputs} factors, one for each input of the target, got {len(domain.scale)}"
    return _under("domain", found | target.conflicts(domain))


def _without_width(domain: Domain) -> dict[str, str]:
    """Intervals whose ends are one and the same number in float32."""
    return {
        key: f"float32 cannot tell {low!r} from {high!r}, expected a wider interval, or training.dtype = float64"
        for key in ("train", "test")
        for low, high in getattr(domain, key)
        if struct.pack("f", low) == struct.pack("f", high)
    }


def _in_training(training: Training, domain: Domain, target: Target) -> dict[str, str]:
    points, batch_size = domain.points, training.batch_size
    found = {}
    if not points and domain.spacing == "even":
        found["domain.spacing"] = "even spacing is for a fixed data set, expected domain.points above 0"
    if not points and training.sampling == "epochs":
        found["training.sampling"] = "epochs go through a fixed data set, expected domain.points above 0"
    if not points and not batch_size:
        found["training.batch_size"] = "0 is the whole data set, but domain.points = 0 has none; expected at least 1"
    if points and batch_size > points:
        found["training.batch_size"] = f"expected at most domain.points = {points:,}, or 0 for all, got {batch_size:,}"
    return found


def _in_scale(target: Target, model: Model) -> dict[str, str]:
    if not target.standardize or "scaling" in type(model).model_fields:
        return {}
    return {"target.standardize": f"it is for networks of layers, and the model is {model.kind}; expected false"}


def _in_loss(loss: str, target: Target, model: Model) -> dict[str, str]:
    wrong = ""
    if loss == "circular" and not target.phases:
        wrong = f"circular compares phases, and {target.kind} gives none; expected mse"
    elif loss == "cross-entropy" and not target.classes:
        wrong = "cross-entropy compares classes, expected a table with target.labels = true"
    elif loss in ("bce", "bce-with-logits") and not target.probabilities:
        wrong = f"{loss} compares probabilities, expected a table whose y lie between 0 and 1"
    elif loss == "bce" and model.last_activation not in ("sigmoid", ""):
        wrong = "bce takes probabilities, expected model.output_activation = sigmoid, or bce-with-logits"
    return {"training.loss": wrong} if wrong else {}


def _in_start(init: Init, model: Model) -> dict[str, str]:
    usual = Init()
    if not model.is_foreign or all(getattr(init, k) == getattr(usual, k) for k in ("weights", "bias", "outgoing")):
        return {}
    return {"init": "a program's networks start as it makes them, expected nothing, or a file"}


def _in_size(target: Target, domain: Domain, model: Model, training: Training, parameters: int) -> dict[str, str]:
    samples = training.samples_of(domain.points)
    units = target.inputs + sum(model.hidden_units) + target.outputs
    numbers = training.replicas * (samples * units + parameters)
    if numbers <= MAX_NUMBERS:
        return {}
    return {
        "training": f"a step of {training.replicas:,} replicas with {samples:,} samples each keeps {numbers:,} numbers,"
        f" expected at most {MAX_NUMBERS:,}"
    }
