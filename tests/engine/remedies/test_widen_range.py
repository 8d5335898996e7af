"""Frequencies found from samples alone."""

from typing import Any

import pytest
import torch

from periodic_tui.engine.experiment import Experiment
from tests.engine.experiments import experiment
from tests.engine.remedies.treated import treated


def sine(
    frequency: float = 31.0, noise: float = 0.0, options: dict[str, Any] | None = None, **training: Any
) -> Experiment:
    return experiment(
        target={"kind": "sine", "frequency": frequency, "noise": noise},
        model="sine-unit",
        init={"weights": "normal"},
        optimizer={"kind": "sgd", "lr": 1e-4},
        training=training,
        remedies={"widen-range": options or {}},
    )


@pytest.mark.parametrize("frequency", [0.1, 3.7, 31.0, 199.9])
def test_every_seed_finds_the_frequency_to_the_last_digits(frequency: float) -> None:
    run = treated(sine(frequency, dtype="float64", replicas=16), "widen-range", 300)
    assert run.treatment is None
    assert run.reading().omega == pytest.approx(frequency, abs=1e-9)


def test_the_step_size_that_it_leaves_keeps_the_frequency() -> None:
    run = treated(sine(), "widen-range", 200)
    assert abs(float(run.reading().omega[0, 0]) - 31.0) <= 1.9e-6
    assert float(run.trainer.step_inputs["lr"]) == pytest.approx(0.75 / 1000**2)
    run.advance(2_000)
    assert abs(float(run.reading().omega[0, 0]) - 31.0) <= 1.9e-6


def test_under_noise_it_takes_fixed_stages() -> None:
    run = treated(sine(noise=1.0, dtype="float64", replicas=16), "widen-range", 2_000)
    assert run.treatment is None
    assert abs(run.reading().omega - 31.0).max() < 1e-4


def test_the_chunks_in_which_it_is_trained_change_nothing() -> None:
    whole = treated(sine(replicas=3), "widen-range", 150)
    parts = treated(sine(replicas=3), "widen-range", 0)
    for count in (1, 2, 7, 40, 100):
        parts.advance(count)
    assert torch.equal(whole.trainer.parameters, parts.trainer.parameters)
    assert torch.equal(whole.trainer.step_inputs["lengths"], parts.trainer.step_inputs["lengths"])


def test_a_frequency_beyond_the_limit_is_a_failure_that_says_so_and_changes_nothing() -> None:
    beyond = sine(5_000.0, options={"frequency_limit": 1.0, "max_steps": 400}, replicas=2)
    untreated = treated(beyond, "widen-range", 0).trainer.initial()
    run = treated(beyond, "widen-range", 400)
    assert "frequency_limit" in run.events[-1].text
    assert "left the run as it was" in run.events[-1].text
    assert torch.equal(run.trainer.parameters, untreated)
    assert float(run.trainer.step_inputs["lr"][0, 0]) == pytest.approx(1e-4)
    assert run.trainer.step_inputs["lengths"].flatten().tolist() == [2_000.0, 2_000.0]


def test_reinitialize_takes_everything_back() -> None:
    run = treated(sine(), "widen-range", 50)
    run.reinitialize(None)
    assert run.treatment is None
    assert float(run.trainer.step_inputs["lr"]) == pytest.approx(1e-4)
    assert float(run.trainer.step_inputs["lengths"]) == 2_000.0


def test_noise_that_is_too_high_is_a_failure_that_says_so_in_every_replica() -> None:
    run = treated(sine(noise=30.0, replicas=16), "widen-range", 1_420)
    assert run.treatment is None
    assert "noise 30 is too high" in run.events[-1].text
    wrong = abs(run.reading().omega[:, 0] - 31.0) > 4.4934e-3
    assert wrong.sum() >= 15
    assert torch.equal(run.trainer.parameters[wrong], run.trainer.initial()[wrong])
