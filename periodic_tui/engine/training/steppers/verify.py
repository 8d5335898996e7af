"""Compiled steps against eager ones, before they are used."""

from __future__ import annotations

import torch
from torch import Tensor

from periodic_tui.engine.slices import Slices
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.step import State
from periodic_tui.engine.training.steppers.base import Stepper

STEPS = 8
TOLERANCE = 1e-5
"""Largest difference, relative to the largest value of a tensor …"""
_FEW, _OF_FEW = 1e-3, 1e-2
"""… but for so small a share of the replicas, where it may be so large: a gradient that is nothing but rounding moves a
parameter by a whole step of Adam's, and of thousands of replicas some have one."""
AT_ONCE = 3


def disagreement(
    eager: Stepper, other: Stepper, state: State, step_inputs: StepInputs, seeds: Tensor, at_once: int = AT_ONCE
) -> Slices[str | None]:
    """Where the steppers differ; None where they agree.

    Each of eight steps is taken by both from the same state, the eager one's: problems are chaotic here, and after
    eight steps of its own a last bit can be anything. `at_once` steps in one call must be those steps one by one.
    """
    start = state
    for number in range(STEPS):
        yield
        expected, losses = eager.run(state, step_inputs, seeds, number, 1)
        yield
        found, other_losses = other.run(state, step_inputs, seeds, number, 1)
        pairs = {"loss": (losses, other_losses)} | {name: (expected[name], found[name]) for name in expected}
        for name, pair in pairs.items():
            if (error := _relative_error(*pair, len(seeds))) > TOLERANCE:
                return f"in step {number} {name} differs from the eager engine's by {error:.1e} of its largest value"
        state = expected
    same = yield from _same_at_once(other, start, step_inputs, seeds, at_once)
    return None if same else "steps taken at once are not the steps one by one"


def _same_at_once(stepper: Stepper, start: State, step_inputs: StepInputs, seeds: Tensor, count: int) -> Slices[bool]:
    yield
    whole, losses = stepper.run(start, step_inputs, seeds, 0, count)
    state, parts = start, []
    for number in range(count):
        yield
        state, part = stepper.run(state, step_inputs, seeds, number, 1)
        parts.append(part)
    pairs = [(losses, torch.cat(parts)), *((whole[name], state[name]) for name in whole)]
    return all(torch.allclose(a.double(), b.double(), rtol=0, atol=0, equal_nan=True) for a, b in pairs)


def _relative_error(expected: Tensor, found: Tensor, replicas: int) -> float:
    if expected.shape != found.shape or not expected.isfinite().equal(found.isfinite()):
        return torch.inf
    differences = (found.double() - expected.double()).nan_to_num(0.0, 0.0, 0.0).abs()
    each = differences.reshape(replicas, -1).amax(-1).sort(descending=True).values
    difference = max(each[int(_FEW * replicas)].item(), each[0].item() * TOLERANCE / _OF_FEW)
    scale = expected.double().nan_to_num(0.0, 0.0, 0.0).abs().max().item()
    return difference / scale if scale else difference and torch.inf
