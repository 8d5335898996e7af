"""Every remedy for frequencies, on the settings it is made for; none may touch the target."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from tests.engine.experiments import experiment
from tests.engine.remedies.treated import treated

WIDE = {"train": [[-1000.0, 1000.0]]}
SNAKE = {"train": [[-37.5, -12.5], [0.03, 25.0]], "test": [[-12.5, 0.03], [25.0, 37.5]], "points": 1_000}


def sine(model: Any = "sine-unit", frequency: float = 31.0, noise: float = 0.0, **sections: Any) -> Experiment:
    table = {
        "target": {"kind": "sine", "frequency": frequency, "noise": noise},
        "domain": WIDE,
        "model": model,
        "training": {"dtype": "float64", "replicas": 2},
    }
    return experiment(**(table | sections))


@pytest.mark.parametrize("remedy", ["frequency-bank", "spectral-start"])
def test_without_a_choice_of_sampling_the_frequency_is_exact(remedy: str) -> None:
    run = treated(sine(frequency=123.456), remedy, 150)
    assert run.treatment is None
    assert run.reading().omega == pytest.approx(123.456, abs=1e-9)


@pytest.mark.parametrize("remedy", ["spectral-start", "widen-range"])
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_amplitude_and_phase_need_not_be_known(remedy: str, noise: float) -> None:
    domain = WIDE | {"points": 2_048} if remedy == "spectral-start" else WIDE
    run = treated(sine("harmonic", noise=noise, domain=domain), remedy, 2_500)
    assert run.treatment is None
    assert run.reading().omega == pytest.approx(31.0, abs=1e-4 if noise else 1e-9)


@pytest.mark.parametrize("spacing", ["even", "random"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_split_on_which_snake_fails_is_extrapolated_from_its_own_points(spacing: str, dtype: str) -> None:
    training = {"dtype": dtype, "batch_size": 0, "replicas": 2}
    run = treated(
        sine("harmonic", frequency=1.0, domain=SNAKE | {"spacing": spacing}, training=training), "widen-range", 2_500
    )
    held_out = run.reading().loss_test
    assert held_out is not None
    assert np.all(held_out < 1e-10)


def test_several_sines_are_for_the_spectral_start() -> None:
    model = {"kind": "harmonic", "units": 2}
    assert "spectral-start" in treated(sine(model), "widen-range", 0).journal[-1].text


@pytest.mark.parametrize("remedy", ["frequency-bank", "spectral-start"])
@pytest.mark.parametrize(("replicas", "whose"), [(1, "ω "), (2, "ω of the first replica ")])
def test_of_several_replicas_the_first_is_told_of(remedy: str, replicas: int, whose: str) -> None:
    run = treated(sine(training={"dtype": "float64", "replicas": replicas}), remedy, 150)
    assert whose + "31" in run.events[-1].text


def test_the_candidates_are_those_of_the_bank() -> None:
    run = treated(sine(), "frequency-bank", 15)
    assert run.treatment is not None
    shown = run.treatment.context.candidates
    assert 32 <= len(shown) <= 1_024
    assert min(abs(omega - 31.0) for omega in shown) < 4.4934e-3


def test_a_range_with_too_many_basins_is_a_failure_that_says_so() -> None:
    run = treated(sine(domain={"train": [[-1e9, 1e9]]}), "frequency-bank", 0)
    assert "too wide for frequency_limit" in run.journal[-1].text
    assert torch.equal(run.trainer.parameters, run.trainer.initial())


def test_smaller_step_holds_what_the_large_one_throws_out() -> None:
    table = sine(optimizer={"kind": "sgd", "lr": 1e-4})
    run = treated(table, "smaller-step", 0)
    run.inject(1e-3)
    run.advance(200)
    assert run.reading().omega == pytest.approx(31.0, abs=1e-9)


OFF_CENTER = [((100.0, 120.0), 5.0), ((500.0, 700.0), 31.0), ((-7.0, -3.0), 31.0)]


@pytest.mark.parametrize(("interval", "frequency"), OFF_CENTER)
def test_a_smaller_step_stays_in_the_basin_of_a_range_that_lies_off_zero(
    interval: tuple[float, float], frequency: float
) -> None:
    """The loss of sin(ωx) has a curvature of 2·E[x² cos²(ωx)] at the answer, here by quadrature: at most 2·E[x²]."""
    x = np.linspace(*interval, 100_001)
    curvature = float((2 * x**2 * np.cos(frequency * x) ** 2).mean())
    start = frequency + 0.2 / max(map(abs, interval))
    spec = sine(
        frequency=frequency,
        domain={"train": [list(interval)]},
        init={"weights": {"kind": "constant", "value": start}},
        optimizer={"kind": "sgd", "lr": 10.0},
    )
    run = treated(spec, "smaller-step", 2_000)
    lr = float(run.trainer.step_inputs["lr"].max())
    assert 0.1 * 2 / curvature < lr < 2 / curvature
    assert run.reading().omega == pytest.approx(frequency, abs=1e-6)


@pytest.mark.parametrize(("interval", "frequency"), OFF_CENTER)
def test_the_bank_has_a_start_in_every_basin_of_a_range_that_lies_off_zero(
    interval: tuple[float, float], frequency: float
) -> None:
    for seed in range(5):
        spec = sine(frequency=frequency, domain={"train": [list(interval)]}, training={"seed": seed, "replicas": 1})
        run = treated(spec, "frequency-bank", 200)
        assert run.reading().omega == pytest.approx(frequency, abs=1e-5)


@pytest.mark.parametrize("factor", [0.01, 10.0])
@pytest.mark.parametrize("remedy", ["widen-range", "frequency-bank", "spectral-start"])
def test_a_factor_on_the_inputs_changes_nothing(remedy: str, factor: float) -> None:
    domain = {"train": [[-1000 / factor, 1000 / factor]], "scale": [factor]}
    assert treated(sine(domain=domain), remedy, 400).reading().omega == pytest.approx(31.0, abs=1e-6)


@pytest.mark.parametrize("model", ["sine-unit", "harmonic"])
def test_there_is_nothing_to_widen_where_no_point_is_near_zero(model: str) -> None:
    with pytest.raises(Refused, match="begins next to x = 0, and the domain's nearest point is 500 away"):
        treated(sine(model, domain={"train": [[500.0, 700.0]]}), "widen-range", 0)


def test_what_is_most_of_it_mean_is_not_blamed_on_noise(tmp_path: Path) -> None:
    x = np.sort(np.random.default_rng(0).uniform(0, 50, 400))
    rows = "".join(f"{float(a)!r},{float(15 + np.sin(3 * a))!r}\n" for a in x)
    (tmp_path / "t.csv").write_text("x,y\n" + rows)
    target = {"kind": "csv", "path": str(tmp_path / "t.csv"), "x": ["x"], "y": ["y"]}
    spec = experiment(target=target, model="harmonic", optimizer="adam", training={"dtype": "float64"})
    run = Run(1, "test", spec, torch.device("cpu"))
    run.treat("spectral-start")
    run.advance(100)
    assert "and the model has no constant; subtract it from y" in run.journal[-1].text
