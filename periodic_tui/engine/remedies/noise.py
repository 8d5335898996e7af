"""Measuring the noise of the samples."""

from __future__ import annotations

import torch
from torch import Tensor

from periodic_tui.engine.remedies.bench import Bench


def measured(bench: Bench) -> tuple[Tensor, Tensor]:
    """Standard deviation of the noise and power of the samples, `[replicas]`: at one and the same x, what varies is
    noise; of a fixed data set, what its closest neighbors differ by (an upper bound, where points are few)."""
    _, y = bench.sample(1_024)
    power = y.square().mean((1, 2))
    if bench.data is None:
        _, y = bench.sample(512, torch.zeros_like(power))
        return y.std((1, 2)), power
    x, y = bench.data
    order = x[:, 0].argsort()
    gap, rise = x[order, 0].diff(), y[order, 0].diff()
    close = gap.argsort()[: max(2, len(gap) // 50)]
    return (rise[close].square().mean() / 2).sqrt().expand_as(power), power
