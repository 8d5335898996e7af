"""A trial trains copies, and leaves the run as it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from periodic_tui.engine.errors import Preempted
from periodic_tui.engine.slices import finished
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.trial import trial, trials
from tests.engine.experiments import experiment, magnitude


def trainer(optimizer: dict[str, Any]) -> Trainer:
    spec = magnitude(replicas=3).model_copy(update={})
    fields = spec.model_dump(exclude={"optimizer"}) | {"optimizer": optimizer}
    made = Trainer(type(spec).model_validate(fields), torch.device("cpu"))
    made.advance(50)
    return made


OPTIMIZERS = [{"kind": "sgd", "lr": 0.01}, {"kind": "adam", "lr": 0.001}, {"kind": "rmsprop", "lr": 0.001}]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_trial_goes_where_the_run_would_and_the_run_stays(optimizer: dict[str, Any]) -> None:
    run = trainer(optimizer)
    before = run.parameters.clone()
    tried = finished(trial(run, np.arange(3), 1.0, 40))
    one = finished(trial(run, np.array([1]), 1.0, 40))
    assert torch.equal(run.parameters, before)
    run.advance(40)
    assert torch.equal(tried, run.parameters)
    assert torch.allclose(one, run.parameters[1:2], rtol=1e-5, atol=1e-7)


def test_a_factor_is_a_factor_on_the_learning_rate() -> None:
    run, other = trainer({"kind": "sgd", "lr": 0.001}), trainer({"kind": "sgd", "lr": 0.001})
    other.step_inputs["lr"] = other.step_inputs["lr"] * 10
    other.advance(40)
    assert torch.equal(finished(trial(run, np.arange(3), 10.0, 40)), other.parameters)


@pytest.mark.parametrize("optimizer", [*OPTIMIZERS, {"kind": "nadam", "lr": 0.001}])
def test_trials_with_several_factors_are_as_one_by_one(optimizer: dict[str, Any]) -> None:
    run, rows = trainer(optimizer), np.array([2, 0])
    together = finished(trials(run, rows, (1.0, 10.0), 20))
    for factor, ends in zip((1.0, 10.0), together, strict=True):
        torch.testing.assert_close(ends, finished(trial(run, rows, factor, 20)), rtol=1e-4, atol=1e-6)


def test_a_trial_is_given_up_between_its_pieces() -> None:
    def check() -> None:
        raise Preempted

    with pytest.raises(Preempted):
        finished(trial(trainer({"kind": "sgd", "lr": 0.001}), np.arange(3), 1.0, 40), check)


def test_a_trial_of_a_large_network_can_be_given_up_after_every_step() -> None:
    large = experiment(
        target="magnitude", domain={"distribution": "normal"}, model={"kind": "mlp", "hidden": [256, 256]},
        training={"batch_size": 512},
    )  # fmt: skip
    looks: list[None] = []
    finished(trial(Trainer(large, torch.device("cpu")), np.arange(1), 1.0, 3), lambda: looks.append(None))
    assert len(looks) == 3
