"""A clock from labels at random instants of 120 years; the periods are not given."""

import torch

from periodic_tui.engine.experiment import Experiment
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


def test_a_first_range_that_is_too_wide_is_a_failure_that_says_so() -> None:
    wide = clock().model_copy(
        update={"remedies": experiment(
            target="clock", model="oscillators", remedies={"widen-range": {"first_range": 1e6, "max_steps": 300}}
        ).remedies}
    )  # fmt: skip
    run = treated(wide, "widen-range", 300)
    assert "do not lock in" in run.events[-1].text
    assert torch.equal(run.trainer.parameters, run.trainer.initial())
