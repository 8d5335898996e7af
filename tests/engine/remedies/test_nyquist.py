"""The samples' own Nyquist frequency: found from the points, and no remedy looks above it."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.remedies.frequency.nyquist import nyquist
from tests.engine.experiments import experiment
from tests.engine.remedies.treated import treated

STEP = 0.5
OMEGAS = (0.506, 0.524)


def clock(count: int, step: float = STEP) -> Tensor:
    return 12.0 + step * torch.arange(count, dtype=torch.float64)


def jitter(count: int, share: float) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    return share * STEP * (2 * torch.rand(count, generator=generator, dtype=torch.float64) - 1)


@pytest.mark.parametrize("step", [0.5, 1 / 3, 1e-4, 3600.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_evenly_spaced_points_have_pi_over_their_spacing(step: float, dtype: torch.dtype) -> None:
    assert nyquist((clock(1_000, step)).to(dtype)) == pytest.approx(math.pi / step, rel=1e-3)


def test_the_order_repeats_and_missing_points_change_nothing() -> None:
    x = clock(1_000)
    some = x[torch.randperm(1_000, generator=torch.Generator().manual_seed(1))[:700]]
    assert nyquist(torch.cat([some, some[:50]])) == pytest.approx(math.pi / STEP)


def test_nearly_even_points_have_one_too_and_uneven_ones_none() -> None:
    x = clock(1_000)
    assert nyquist(x + jitter(1_000, 0.05)) == pytest.approx(math.pi / STEP, rel=1e-4)
    assert nyquist(x + jitter(1_000, 0.4)) == math.inf


@pytest.mark.parametrize("seed", range(20))
def test_points_at_random_have_none(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for count in (1, 2, 3, 8, 100, 5_000):
        assert nyquist(torch.rand(count, generator=generator)) == math.inf


def tide(folder: Path, spread: float = 0.0) -> Experiment:
    """A table of two sines every half hour, or so."""
    x = clock(1_036) + jitter(1_036, spread)
    y = 1.2 * (OMEGAS[0] * x).sin() + 0.5 * (OMEGAS[1] * x + 1).cos() + 0.02 * jitter(1_036, 1.0) / STEP
    rows = [f"{t},{level}" for t, level in zip(x.tolist(), y.tolist(), strict=True)]
    (folder / "tide.csv").write_text("\n".join(["t,y", *rows]))
    return experiment(
        target={"kind": "csv", "path": str(folder / "tide.csv"), "x": ["t"], "y": ["y"]},
        model={"kind": "harmonic", "units": 2},
        optimizer={"kind": "adam", "lr": 0.01},
        training={"dtype": "float64"},
    )


@pytest.mark.parametrize("spread", [0.0, 0.02])
def test_a_table_of_two_sines_gives_them_and_not_their_aliases(tmp_path: Path, spread: float) -> None:
    run = treated(tide(tmp_path, spread), "spectral-start", 60)
    assert sorted(run.reading().omega[0]) == pytest.approx(OMEGAS, abs=1e-3)
    assert "frequency_limit 200 lowered to 6.283, the samples' Nyquist frequency" in run.events[-1].text


def test_where_points_lie_unevenly_the_limit_stands(tmp_path: Path) -> None:
    run = treated(tide(tmp_path, 0.45), "spectral-start", 60)
    assert sorted(run.reading().omega[0]) == pytest.approx(OMEGAS, abs=1e-3)
    assert "Nyquist" not in run.events[-1].text
