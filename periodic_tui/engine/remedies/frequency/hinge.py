"""Turning hands until each points into its digit: the last stage where a clock is asked between two seconds."""

from __future__ import annotations

import math
from collections.abc import Generator

import torch
from torch import Tensor

from periodic_tui.engine.remedies.base import Train
from periodic_tui.engine.remedies.context import RemedyContext

_STEPS = 1_000
_SAMPLES = 8_192
"""Instants a step, of which few are wrong in the end: only those tell anything."""
_RATE = 0.5


def between_digits(context: RemedyContext) -> bool:
    """Whether the outputs stand still, as digits do, while the inputs are no whole numbers."""
    x, y = context.sample(4_096)
    return bool((x != x.floor()).any()) and y.unique().numel() < y.numel() // 8


def into_digits(context: RemedyContext) -> Generator[Train, Tensor, None]:
    """Gradient descent on relu(|phase error| − half a digit's step)²/2, averaged over the instants that are wrong: so
    the step does not vanish with their number. A hand whose faster ones are wrong is not to blame.

    The mean of 1 − cos is least where a hand points to the middle of its digit *on average*; a second is right only
    if it also changes on time at both ends of the domain.
    """
    half_step = _half_steps(context.sample(_SAMPLES)[1])
    for name in context.names:
        context.rate(context.get("omega").new_zeros(context.replicas), name)
    for step in range(_STEPS):
        wrong = _turn(context, half_step)
        yield Train(1, f"turning hands into their digits, step {step} of {_STEPS}: {wrong:.1e} of the instants wrong")


def wrong_share(context: RemedyContext) -> Tensor:
    """Share `[replicas]` of instants at which some hand points into another digit."""
    x, y = context.sample(_SAMPLES)
    return (_beyond(context.predict(x), y, _half_steps(y)) != 0).any(-1).to(context.dtype).mean(-1)


def _half_steps(y: Tensor) -> Tensor:
    """Half the least difference between two values of each output, `[outputs]`."""
    return torch.stack([phase.unique().diff().min() / 2 for phase in y.unbind(-1)])


def _beyond(prediction: Tensor, y: Tensor, half_step: Tensor) -> Tensor:
    """How far each phase is out of its digit, with its sign; 0 within."""
    error = (prediction - y + math.pi).remainder(2 * math.pi) - math.pi
    return (error.abs() - half_step).relu() * error.sign()


def _turn(context: RemedyContext, half_step: Tensor) -> float:
    """One step; returns the largest share of wrong instants among the replicas."""
    x, y = context.sample(_SAMPLES)
    beyond = _beyond(context.predict(x), y, half_step)
    wrong = beyond != 0
    first = wrong & (wrong.cumsum(-1) == 1)
    beyond, count = beyond * first, first.sum(1).clamp_min(1)
    # x/farthest is uniform on ±1, its square a third on average.
    context.put("phase", context.get("phase") - _RATE * beyond.sum(1) / count)
    turned = 3 * _RATE * (beyond * x / context.farthest).sum(1) / count
    context.put("omega", context.get("omega") - turned / context.farthest)
    return float(wrong.any(-1).to(x.dtype).mean(-1).max())
