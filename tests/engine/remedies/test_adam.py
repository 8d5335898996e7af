"""Adam in the place of another optimizer."""

from typing import Any

import pytest

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from tests.engine.experiments import experiment
from tests.engine.remedies.treated import treated


def sine_by_sigmoids(**sections: Any) -> Experiment:
    """A half wave by eight sigmoids and a sigmoid output, from single samples: slow by gradient descent."""
    table = {
        "target": "sine",
        "domain": {"train": [[0.0, 0.1]], "points": 100, "spacing": "even"},
        "model": {"kind": "mlp", "hidden": [8, 1], "activation": "sigmoid", "output_layer": False},
        "optimizer": {"kind": "sgd", "lr": 0.1},
        "training": {"batch_size": 1},
    }
    return experiment(**table | sections)


def test_it_trains_on_all_samples_and_learns_what_gradient_descent_does_not() -> None:
    spec = sine_by_sigmoids()
    plain, run = treated(spec, "smaller-step", 4_000, before=500), treated(spec, "adam", 4_000, before=500)
    assert (run.experiment.optimizer.kind, run.experiment.optimizer.lr) == ("adam", 0.01)
    assert run.experiment.training.batch_size == 0
    assert run.reading().loss[0] < 0.1 * plain.reading().loss[0]
    assert "instead of sgd, lr 0.1" in run.events[-1].text


def test_of_fresh_samples_a_step_takes_many() -> None:
    spec = sine_by_sigmoids(domain={"train": [[0.0, 0.1]]})
    assert treated(spec, "adam", 1).experiment.training.batch_size == 256
    table = spec.table_with({"training.batch_size": 1000})
    assert treated(Experiment.model_validate(table), "adam", 1).experiment.training.batch_size == 1000


def test_where_it_is_no_help_the_run_stays_as_it_was() -> None:
    spec = experiment(target="abs", model={"kind": "mlp", "hidden": [4], "activation": "identity"})
    run = treated(spec, "adam", 2_001, before=2_000)
    assert run.events[-1].text.startswith("adam failed and left the run as it was: after 2,000 steps")
    assert (run.experiment.optimizer, run.experiment.training) == (spec.optimizer, spec.training)


def test_it_is_not_for_adam() -> None:
    spec = sine_by_sigmoids(optimizer={"kind": "nadam", "lr": 0.1})
    with pytest.raises(Refused, match="nadam is at work already"):
        treated(spec, "adam", 0)
