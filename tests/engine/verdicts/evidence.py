"""Evidence made by hand: one replica, on which nothing is known but that it has stopped learning."""

from __future__ import annotations

from typing import Any

import numpy as np

from periodic_tui.engine.snapshot import Layer
from periodic_tui.engine.verdicts.evidence import Evidence

_NEUTRAL: dict[str, Any] = {
    "alive": True,
    "loss": 0.5,
    "loss_test": np.nan,
    "train_loss": np.nan,
    "fit_mean": 0.25,
    "fit_std": 0.7,
    "lr": 0.1,
    "sharpness": np.nan,
    "best_sharpness": np.nan,
    "distance": np.nan,
    "basin": np.nan,
    "accuracy": np.nan,
    "dead_layer": -1,
    "dead": 0,
    "duplicate": 0,
    "mute": 0,
    "wrong_sign": 0,
}
"""Fields of one value a replica; with the loss as it was before, the verdict is `underfit`."""

HOLDING: dict[str, dict[str, Any]] = {
    "diverged": {"alive": False},
    "solved": {"accuracy": 1.0},
    "no-extrapolation": {"loss": 0.01, "loss_test": 0.9, "test_variance": 1.0},
    "dead-network": {"dead_layer": 0},
    "collapsed-to-constant": {"fit_std": 0.005},
    "step-too-large": {"sharpness": 30.0},
    "stuck-outside-basin": {"loss": 0.99, "distance": 2.0, "basin": 1.0},
    "noise-floor": {"train_loss": 4.1, "noise": 2.0},
    "learning": {"loss_before": np.nan},
    "dead-units": {"dead": 1},
    "duplicate-units": {"duplicate": 1},
    "mute-units": {"mute": 1},
    "wrong-sign": {"wrong_sign": 1},
    "underfit": {},
}
"""What makes each code's predicate hold, in the contract's order of precedence."""


def evidence(**changes: Any) -> Evidence:
    """The neutral evidence with these changes; a list gives a value to each of several replicas."""
    values = _NEUTRAL | {"loss_before": changes.get("loss", _NEUTRAL["loss"])} | changes
    replicas = max(len(value) if isinstance(value, list) else 1 for value in values.values())
    arrays = {name: np.resize(np.array(values[name]), replicas) for name in (*_NEUTRAL, "loss_before")}
    return Evidence(**{**changes, **arrays})


def layer(number: int, units: int, **changes: Any) -> Layer:
    """A hidden layer of so many units that are well."""
    return Layer(f"hidden.{number}", np.full(units, 0.5), **changes)
