"""Compiled steps against eager ones, before they are used."""

from __future__ import annotations

import torch
from torch import Tensor

from periodic_tui.engine.sampling import Knobs
from periodic_tui.engine.step import State
from periodic_tui.engine.steppers.base import Stepper

STEPS = 8
TOLERANCE = 1e-5
"""Largest difference, relative to the largest value of a tensor."""


def disagreement(eager: Stepper, other: Stepper, state: State, knobs: Knobs, seeds: Tensor) -> str | None:
    """Where the steppers differ after eight steps from the same state; None where they agree.

    The other one takes them in calls of 1 and 7, since neither the division nor a short call may change anything.
    """
    expected, losses = eager.run(state, knobs, seeds, 0, STEPS)
    between, first = other.run(state, knobs, seeds, 0, 1)
    found, rest = other.run(between, knobs, seeds, 1, STEPS - 1)
    pairs = {"loss": (losses, torch.cat([first, rest]))} | {name: (expected[name], found[name]) for name in expected}
    errors = {name: _relative_error(*pair) for name, pair in pairs.items()}
    worst = max(errors, key=errors.__getitem__)
    if errors[worst] <= TOLERANCE:
        return None
    return f"after {STEPS} steps {worst} differs from the eager engine's by {errors[worst]:.1e} of its largest value"


def _relative_error(expected: Tensor, found: Tensor) -> float:
    if expected.shape != found.shape or not expected.isfinite().equal(found.isfinite()):
        return torch.inf
    difference = (found.double() - expected.double()).nan_to_num(0.0, 0.0, 0.0).abs().max().item()
    scale = expected.double().nan_to_num(0.0, 0.0, 0.0).abs().max().item()
    return difference / scale if scale else difference and torch.inf
