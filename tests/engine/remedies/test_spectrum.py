"""Frequencies of unevenly sampled sines against the ones they were made of."""

import math

import pytest
import torch

from periodic_tui.engine.remedies import Failed
from periodic_tui.engine.remedies.frequency.spectrum import amplitudes, separated, sharpened, strongest
from periodic_tui.engine.slices import finished

R = 1_000.0


def points(count: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (2 * torch.rand(count, generator=generator, dtype=torch.float64) - 1) * R


@pytest.mark.parametrize("omega", [0.1, 2.0, 31.0, 137.036, 199.9])
@pytest.mark.parametrize("phase", [0.0, 1.0])
def test_the_peak_lies_inside_the_basin(omega: float, phase: float) -> None:
    x = points(512)
    found = strongest(x, (omega * x + phase).sin(), 200.0)
    assert abs(float(found) - omega) < 4.4934 / R


def test_gauss_and_newton_reach_the_frequency_and_the_amplitudes() -> None:
    x = points(200)
    y = 2.0 * (31 * x).sin() - 0.5 * (31 * x).cos()
    omega = finished(sharpened(x, y, torch.tensor([31.001], dtype=torch.float64), 6))
    assert float(omega) == pytest.approx(31.0, abs=1e-12)
    assert amplitudes(x, y, omega).tolist() == pytest.approx([2.0, -0.5], abs=1e-6)


def test_three_sines_are_separated() -> None:
    x = points(2_000)
    omegas, factors = [3.3, 77.7, 150.0], [0.5, 2.0, 1.0]
    sines = [a * (w * x + k).sin() for k, (w, a) in enumerate(zip(omegas, factors, strict=True))]
    y = torch.stack(sines).sum(0)
    assert finished(separated(x, y, 3, 200.0)).sort().values.tolist() == pytest.approx(omegas, abs=1e-9)


def test_a_range_that_takes_too_many_bins_is_refused() -> None:
    with pytest.raises(Failed, match="bins"):
        strongest(torch.tensor([-1e12, 1e12], dtype=torch.float64), torch.ones(2, dtype=torch.float64), math.pi)
