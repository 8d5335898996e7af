"""Every remedy for frequencies, on the settings it is made for; none may touch the target."""

from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.experiment import Experiment
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
