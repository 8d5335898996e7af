"""Measuring the noise of the samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from periodic_tui.engine.remedies.context import RemedyContext

if TYPE_CHECKING:
    from torch import Tensor

LOOKING_AT_THE_FIT = "looking at the fit"
MEASURING_THE_NOISE = "measuring the noise"
_SAMPLES = 16_384


def measured(context: RemedyContext) -> tuple[Tensor, Tensor]:
    """Standard deviation of the noise and power of the samples, `[replicas]`: at one and the same x, what varies is
    noise; of a fixed data set, what its closest neighbors differ by (an upper bound, where points are few)."""
    _, y = context.sample(1_024)
    power = y.square().mean((1, 2))
    if context.data is None:
        _, y = context.sample(512, power.new_zeros(power.shape))
        return y.std((1, 2)), power
    x, y = context.data
    order = x[:, 0].argsort()
    gap, rise = x[order, 0].diff(), y[order, 0].diff()
    close = gap.argsort()[: max(2, len(gap) // 50)]
    return (rise[close].square().mean() / 2).sqrt().expand_as(power), power


def mean_alone(context: RemedyContext) -> str:
    """The reason for a failure where most of the signal is its mean, for which these models have no constant; empty
    where it is not."""
    _, y = context.sample(_SAMPLES)
    mean, power = float(y.double().mean()), float(y.double().square().mean())
    if mean**2 <= 0.5 * power:
        return ""
    share = f"{100 * mean**2 / power:.0f} % of the signal's power"
    return f"the mean of y, {mean:.4g}, is {share}, and the model has no constant; subtract it from y"


def unexplained(context: RemedyContext, noise: Tensor, samples: tuple[Tensor, Tensor] | None = None) -> Tensor:
    """Replicas `[replicas]` whose fit explains less than half of the signal, on fresh samples or on those given.

    y² − (y − fit)² = 2·y·fit − fit² is averaged over the samples: the noise's own square, in which a weak signal would
    drown, is not in it.
    """
    x, y = context.sample(_SAMPLES) if samples is None else samples
    fit = context.predict(x).double()
    y = y.double()
    explained, fitted = (2 * y * fit - fit.square()).mean((1, 2)), fit.square().mean((1, 2))
    squares = y.square().flatten(1)
    surely = squares.mean(-1) - noise.double().square() - 3 * squares.std(-1) / squares.shape[-1] ** 0.5
    return ~(explained > 0.5 * fitted.maximum(surely))
