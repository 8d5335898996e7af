"""The frequency that stands out of the data, where nobody declares an answer."""

from __future__ import annotations

import math

import torch
from torch import Tensor

_AT_ONCE = 1 << 21
_OVERSAMPLING = 2


def spectral_peak(x: Tensor, y: Tensor) -> float:
    """Angular frequency at which the samples `x`, `y` `[points]` correlate best with a complex exponential.

    Searched up to the mean Nyquist frequency of the samples, twice as finely as their range resolves; the samples may
    lie anywhere (Schuster's periodogram).
    """
    x, y = x.double(), y.double() - y.double().mean()
    width = float(x.max() - x.min())
    finest = 2 * math.pi / (width * _OVERSAMPLING)
    frequencies = torch.arange(1, _OVERSAMPLING * len(x) // 2 + 1, dtype=torch.float64) * finest
    power = torch.cat([_power(part, x, y) for part in frequencies.split(max(1, _AT_ONCE // len(x)))])
    return float(frequencies[power.argmax()])


def _power(frequencies: Tensor, x: Tensor, y: Tensor) -> Tensor:
    phase = frequencies.unsqueeze(-1) * x
    return (phase.cos() @ y).square() + (phase.sin() @ y).square()
