"""Learning rates at which a frequency stays where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periodic_tui.engine.remedies.context import RemedyContext

if TYPE_CHECKING:
    from torch import Tensor

MOST_CURVATURE = 2 / 3
"""Largest curvature of the loss of sin(ωx) in ω, in units of the squared half-width."""


def stable_rate(half_width: Tensor) -> Tensor:
    """Half of 1/curvature: the step goes half of the way to the bottom of the steepest basin there can be."""
    return 0.5 / (MOST_CURVATURE * half_width.square())


def mean_square(context: RemedyContext) -> float:
    """Mean of x² over the whole training domain: the curvature of the loss of sin(ωx) in ω is at most twice that."""
    if context.data is not None:
        return float(context.data[0].double().square().mean())
    intervals = context.setting.domain.train
    cubes = sum(high**3 - low**3 for low, high in intervals) / 3
    return context.setting.scale**2 * cubes / sum(high - low for low, high in intervals)


def patience_under(noise: Tensor, power: Tensor) -> Tensor:
    """By what the rate is divided under noise, so that it averages enough batches to keep the frequency."""
    return 1 + 200 * noise.square() / power.clamp_min(1e-12)


def keep_there(context: RemedyContext, divisor: Tensor) -> None:
    """Plain gradient descent with steps that stay in the basin, divided by `divisor` `[replicas]`."""
    if not context.setting.optimizer.plain_gradient_descent:
        context.change(optimizer={"kind": "sgd", "lr": 0.1})
    if "alpha" not in context.names:
        context.rate(0.25 / mean_square(context) / divisor, "omega")
        return
    # A whole data set is always the same: there the step may go nearly all of the way.
    share = 0.5 if context.setting.batch_size else 0.9
    context.rate(share / _curvature(context).clamp_min(1e-12) / divisor, "omega")
    for name in ("alpha", "beta"):
        context.rate(0.5 * share / divisor, name)


def _curvature(context: RemedyContext) -> Tensor:
    """Largest curvature `[replicas]` of the loss in a frequency, measured on samples."""
    x, _ = context.sample(1_024)
    alpha, beta, omega = (context.get(name).unsqueeze(1) for name in ("alpha", "beta", "omega"))
    slope = (alpha * (omega * x).cos() - beta * (omega * x).sin()) * x
    return 2 * slope.square().mean(1).amax(-1)
