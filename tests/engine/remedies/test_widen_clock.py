"""A clock from labels at random instants of 120 years; the periods are not given."""

import pytest
import torch

from periodic_tui.engine.domain import Domain
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.remedies.widen_oscillators import pairs
from periodic_tui.engine.targets.clock import SIXTY_YEARS
from tests.engine.experiments import experiment
from tests.engine.remedies.treated import treated


def clock(**training: object) -> Experiment:
    return experiment(
        target="clock",
        model="oscillators",
        optimizer={"kind": "adam", "lr": 0.05},
        training={"dtype": "float64", "loss": "circular", "batch_size": 128, "solved_below": 1e-4, **training},
    )


def test_every_seed_reads_instants_it_never_saw_exactly() -> None:
    run = treated(clock(replicas=4), "widen-range", 3_000)
    assert run.treatment is None
    t = ((2 * torch.rand(20_000, 1, dtype=torch.float64) - 1) * SIXTY_YEARS).floor()
    phases = run.observer.predict(run.trainer.parameters, t)
    assert clock().target.right(t, phases).all()  # type: ignore[attr-defined]


def test_pairs_are_differences_of_points_that_are_there() -> None:
    x = torch.tensor([[7.0], [1.0], [2.0], [4.0]])
    times, phases = pairs(x, 10 * x)
    assert sorted(times[:, 0].tolist()) == [1.0, 2.0, 3.0, 3.0, 5.0]
    assert torch.equal(phases, 10 * times)


@pytest.mark.slow
def test_a_fixed_data_set_is_enough() -> None:
    fixed = clock(replicas=2).model_copy(
        update={"domain": Domain(train=((-SIXTY_YEARS, SIXTY_YEARS),), points=100_000)}
    )
    run = treated(fixed, "widen-range", 4_000)
    assert run.summary()["outcomes"] == {"solved": 2}


def test_a_first_range_that_is_too_wide_is_a_failure_that_says_so() -> None:
    wide = clock().model_copy(
        update={"remedies": experiment(
            target="clock", model="oscillators", remedies={"widen-range": {"first_range": 1e6, "max_steps": 300}}
        ).remedies}
    )  # fmt: skip
    run = treated(wide, "widen-range", 300)
    assert "do not lock in" in run.events[-1].text
    assert torch.equal(run.trainer.parameters, run.trainer.initial())
