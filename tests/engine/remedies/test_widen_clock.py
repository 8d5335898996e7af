"""A clock from labels at random instants of 120 years; the periods are not given."""

from collections import deque

import pytest
import torch

from periodic_tui.engine.components.domain import Domain
from periodic_tui.engine.components.targets.clock import SIXTY_YEARS, Clock
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.remedies.frequency.hinge import into_digits, wrong_share
from periodic_tui.engine.remedies.frequency.widen_oscillators import pairs
from periodic_tui.engine.summary import summary_of
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.treatment import setting_of
from periodic_tui.engine.treatment.context import TrainerContext
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
    run = treated(clock(replicas=4), "widen-range", 1_800)
    assert run.treatment is None
    shares = torch.rand(20_000, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    t = ((2 * shares - 1) * SIXTY_YEARS).floor()
    phases = run.observer.predict(run.trainer.parameters, t)
    assert clock().target.right(t, phases).all()


def test_instants_between_seconds_are_read_exactly() -> None:
    fractional = clock(replicas=2, solved_below=1e-3)
    asked = fractional.model_copy(update={"target": Clock(instants="fractional")})
    run = treated(asked, "widen-range", 2_700)
    assert run.treatment is None
    summary = summary_of(run)
    assert summary["outcomes"] == {"solved": 2}
    assert summary["accuracy"] == 1.0


def test_a_hand_is_turned_only_where_it_is_the_first_to_be_wrong() -> None:
    asked = clock(replicas=2).model_copy(update={"target": Clock(instants="fractional")})
    trainer = Trainer(asked, torch.device("cpu"))
    trainer.inject(0.0)
    context = TrainerContext(trainer, setting_of(asked), lambda keys: setting_of(asked))
    answer = context.get("phase")
    off = torch.tensor([[1e-2, 0.0, 0.0], [0.0, 0.0, 0.2]], dtype=torch.float64)
    context.put("phase", answer + off)
    before = wrong_share(context)
    deque(into_digits(context), maxlen=0)
    moved = context.get("phase") - answer - off
    assert (before > 0.05).all()
    assert (wrong_share(context) == 0).all()
    assert moved[0, 0] < 0
    assert moved[1, 2] < 0
    assert (moved[0, 1:].abs() < 1e-6).all()
    assert (moved[1, :2].abs() < 1e-6).all()


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
    run = treated(fixed, "widen-range", 2_200)
    assert summary_of(run)["outcomes"] == {"solved": 2}


def test_a_first_range_that_is_too_wide_is_a_failure_that_says_so() -> None:
    wide = clock().model_copy(
        update={"remedies": experiment(
            target="clock", model="oscillators", remedies={"widen-range": {"first_range": 1e6, "max_steps": 300}}
        ).remedies}
    )  # fmt: skip
    run = treated(wide, "widen-range", 300)
    assert "do not lock in" in run.events[-1].text
    assert torch.equal(run.trainer.parameters, run.trainer.initial())
