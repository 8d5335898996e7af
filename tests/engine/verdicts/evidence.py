"""Evidence made by hand: one replica, on which nothing is known but that it has stopped learning."""

from __future__ import annotations

from typing import Any

import numpy as np

from periodic_tui.engine.diagnostics.output_range import OutputRange
from periodic_tui.engine.diagnostics.samples import Column, Samples
from periodic_tui.engine.snapshot import Baselines, Layer
from periodic_tui.engine.verdicts.evidence import EXAMINED, Evidence, Method

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
    "straight": False,
    **dict.fromkeys(EXAMINED, np.nan),
}
"""Fields of one value a replica; with the loss as it was before, the verdict is `underfit`."""


def column(name: str = "x", low: float = -1.0, high: float = 1.0, mean: float = 0.0, std: float = 1.0) -> Column:
    """A column that is of order one, unless told otherwise."""
    return Column(name, low, high, mean, std)


def samples(**changes: Any) -> Samples:
    """A thousand rows of x and y of order one, of which the best line explains nothing."""
    first: dict[str, Any] = {
        "x": (column(),), "y": (column("y"),), "baselines": Baselines(1.0, 1.0), "rows": 1_000, "steepest": 1.0,
        "flattest": 1.0, "longest_row": 2.0, "steepest_standardized": 1.0,
    }  # fmt: skip
    return Samples(**first | changes)


WIDE = samples(x=(column(high=999.0, mean=499.5, std=289.0),), steepest=3.3e5, longest_row=1e6)
"""Inputs from -1 to 999."""
SIGMOID = OutputRange("sigmoid", 0.0, 1.0, outside=0.5, floor=0.25)

HOLDING: dict[str, dict[str, Any]] = {
    "diverged": {"alive": False},
    "solved": {"accuracy": 1.0},
    "no-extrapolation": {"loss": 0.01, "loss_test": 0.9, "test_variance": 1.0},
    "unscaled": {"start_size": 300.0, "samples": WIDE},
    "out-of-reach": {"output_range": SIGMOID, "samples": WIDE},
    "unpredictable": {"noise_share": 0.95},
    "dead-network": {"dead_layer": 0},
    "collapsed-to-constant": {"fit_std": 0.005},
    "step-too-large": {"sharpness": 30.0},
    "stuck-outside-basin": {"loss": 0.99, "distance": 2.0, "basin": 1.0},
    "linear-network": {"straight": True, "loss": 1.0, "samples": samples()},
    "noise-floor": {"train_loss": 4.1, "noise": 2.0},
    "overfit": {"train_loss": 0.1, "noise": 0.9},
    "step-too-small": {"fall": 1e-5, "fall_larger": 0.011, "trial_steps": 50.0, "steps": 1_000},
    "plateau": {"start_weights": 0.09, "fit_std": 0.04},
    "learning": {"loss_before": np.nan},
    "saturated": {"saturated": 0.5},
    "no-bias": {"method": Method(biases=False, first_units=3), "gain": 0.3, "gain_through_origin": 0.0},
    "ill-conditioned": {
        "method": Method(is_linear=True), "samples": samples(flattest=1e-3, baselines=Baselines(1.0, 0.1)),
    },
    "dead-units": {"dead": 1, "gain": 0.3},
    "duplicate-units": {"duplicate": 1, "gain": 0.3},
    "mute-units": {"mute": 1, "gain": 0.3},
    "wrong-sign": {"wrong_sign": 1},
    "underfit": {},
}  # fmt: skip
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
