"""Frequencies of unevenly sampled points: a periodogram to find them, Gauss and Newton to sharpen them.

All on the CPU: least squares on CUDA take a full rank for granted, and two frequencies may fall together.
"""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor

from periodic_tui.engine.remedies.base import Failed
from periodic_tui.engine.slices import Slices, aside

_FINER = 4
"""Bins in half the shortest period: binning then costs less than a tenth of a sine's power."""
_LONGEST = 1 << 24
"""Largest number of bins."""
_LOWEST = 0.1
"""Fewest periods over the whole range that count: with fewer a sine is a straight line."""


def strongest(x: Tensor, y: Tensor, limit: float) -> Tensor:
    """Angular frequency `[]` of the largest peak of the periodogram of `y` `[points]` at `x` `[points]`, below
    `limit`. Points are thrown into bins so narrow that the bin width does not matter (the "extirpolation" of Press
    and Rybicki, 1989, in its simplest form). Raises Failed where that would take too many bins."""
    width = math.pi / limit / _FINER
    span = float(x.max() - x.min())
    bins = 1 << math.ceil(math.log2(2 * span / width + 2))
    if bins > _LONGEST:
        found = f"a range of {span:,.4g} and frequencies up to {limit:g} take {bins:,} bins"
        raise Failed(f"{found}: the range is too wide for frequency_limit")
    place = ((x - x.min()) / width).round().long()
    binned = torch.zeros(bins, dtype=torch.float64, device=x.device).index_add_(0, place, y.double())
    power = torch.fft.rfft(binned).abs()
    omega = 2 * math.pi * torch.arange(len(power), device=x.device) / (bins * width)
    inside = (omega <= 1.02 * limit) & (omega >= _LOWEST * 2 * math.pi / span)
    return omega[power.where(inside, torch.zeros_like(power)).argmax()].double()


def columns(x: Tensor, omega: Tensor) -> Tensor:
    """sin and cos of every frequency `[units]` at `x` `[points]`: `[points, 2·units]`, sines first."""
    angle = x.unsqueeze(-1) * omega
    return torch.cat([angle.sin(), angle.cos()], -1)


def amplitudes(x: Tensor, y: Tensor, omega: Tensor) -> Tensor:
    """Least-squares factors `[2·units]` of the columns: of those that leave the same, the smallest."""
    return torch.linalg.lstsq(columns(x, omega), y.unsqueeze(-1), driver="gelsd").solution[:, 0]


def sharpened(x: Tensor, y: Tensor, omega: Tensor, steps: int) -> Slices[Tensor]:
    """Frequencies `[units]` after so many steps of Gauss and Newton on frequencies and amplitudes."""
    for _ in range(steps):
        yield
        design = columns(x, omega)
        factors = amplitudes(x, y, omega)
        alpha, beta = factors.chunk(2)
        sine, cosine = design.chunk(2, -1)
        slope = (alpha * cosine - beta * sine) * x.unsqueeze(-1)
        jacobian = torch.cat([design, slope], -1)
        step = torch.linalg.lstsq(jacobian, (y - design @ factors).unsqueeze(-1)).solution[:, 0]
        omega = omega + step[len(factors) :]
    return omega


def separated(x: Tensor, y: Tensor, units: int, limit: float) -> Slices[Tensor]:
    """Frequencies `[units]`, found one after the other in what is left over, all sharpened together each time."""
    x, y = x.double(), y.double()
    omega = x.new_empty(0)
    for _ in range(units):
        left = y - columns(x, omega) @ amplitudes(x, y, omega) if len(omega) else y
        peak = yield from aside(partial(strongest, x, left, limit))
        omega = yield from sharpened(x, y, torch.cat([omega, peak[None]]), 8)
    return (yield from sharpened(x, y, omega, 8))
