"""What is read off a residual: noise, a wave, what one more unit takes; each planted, and known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from periodic_tui.engine.components.activations.rectifiers import ReLU
from periodic_tui.engine.diagnostics.neighbors import Neighbors
from periodic_tui.engine.diagnostics.one_more_unit import OneMoreUnit
from periodic_tui.engine.diagnostics.probe import Probe
from periodic_tui.engine.diagnostics.wave import strongest_wave


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("inputs", [1, 2, 4])
@pytest.mark.parametrize("std", [0.1, 0.5])
def test_neighbors_tell_the_variance_of_noise_on_a_smooth_function(inputs: int, std: float) -> None:
    x = drawn(3_000, inputs)
    residual = (x / 2).sin().mean(1) + std * drawn(3_000, seed=1)
    assert float(Neighbors(x).noise(residual[None, :, None])) == pytest.approx(std**2, rel=0.15)


def test_neighbors_find_no_noise_in_a_smooth_function() -> None:
    x = drawn(3_000, 2)
    assert abs(float(Neighbors(x).noise(x.sin().sum(1)[None, :, None]))) < 0.01


@pytest.mark.parametrize("cycles", [1, 5, 40])
def test_the_strongest_wave_is_the_planted_one(cycles: int) -> None:
    x = torch.linspace(-3, 7, 1_000, dtype=torch.float64)
    wave = (2 * math.pi * cycles * (x + 3) / 10 + 0.7).sin()
    found = strongest_wave(x, torch.stack([wave, wave + 0.5 * drawn(1_000)]))
    assert found.cycles.tolist() == [cycles, cycles]
    assert found.share.tolist() == pytest.approx([1, 0.5 / 0.75], abs=0.06)


def test_parity_is_the_highest_wave_that_the_rows_can_hold() -> None:
    x = torch.arange(1, 101, dtype=torch.float64)
    found = strongest_wave(x, (x % 2)[None])
    assert float(found.cycles) == 49.5
    assert float(found.share) == pytest.approx(1)


def test_noise_is_no_wave() -> None:
    x = torch.linspace(0, 1, 1_000, dtype=torch.float64)
    assert float(strongest_wave(x, drawn(1, 1_000)).share) < 0.1


def test_one_more_unit_takes_what_a_unit_can_and_nothing_of_noise() -> None:
    x = drawn(1_000, 2)
    kink = (x @ torch.tensor([1.0, 0.0], dtype=torch.float64)).clamp_min(0)
    found = OneMoreUnit(Probe(x, x), ReLU()).gain(torch.stack([kink, drawn(1_000, seed=5)])[..., None])
    assert float(found.anywhere[0]) > 0.98
    assert float(found.through_origin[0]) > 0.98
    assert abs(float(found.anywhere[1])) < 0.05


def test_a_unit_through_the_origin_cannot_take_what_turns_elsewhere() -> None:
    x = torch.linspace(0, 4, 1_000, dtype=torch.float64).unsqueeze(-1)
    hinge = (x - 2).clamp_min(0) - 0.5 * x
    found = OneMoreUnit(Probe(x, x), ReLU()).gain(hinge[None])
    assert float(found.anywhere) > 0.2
    assert float(found.through_origin) < 0.1
