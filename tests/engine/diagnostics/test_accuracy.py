"""Accuracy is decoded from what the network itself says."""

import pytest
import torch

from periodic_tui.engine.commands.on_run import Inject
from periodic_tui.engine.components.losses import loss_of_best_constant
from periodic_tui.engine.components.targets.clock import SIXTY_YEARS
from periodic_tui.engine.diagnostics.accuracy import HELD_OUT
from periodic_tui.engine.session import Session
from periodic_tui.presets.files import load


def clock(**settings: object) -> Session:
    name, experiment = load("clock-oscillators", list(settings.items()))
    session = Session(load, name, experiment)
    session.open()
    return session


@pytest.mark.parametrize("instants", ["integer", "fractional"])
def test_the_injected_clock_is_right_at_every_held_out_instant(instants: str) -> None:
    session = clock(**{"target.instants": instants})
    session.apply(Inject())
    summary = session.summary()
    assert summary["accuracy"] == 1
    assert summary["verdict"]["code"] == "solved"


def test_one_changed_weight_is_seen() -> None:
    session = clock()
    session.apply(Inject())
    trainer = session.current.trainer
    omega = trainer.training_step.layout.slices()["omega"]
    trainer.state["parameters"][0, omega][2] += 1e-9
    session.current.measured.forget()
    summary = session.summary()
    # The hour hand is off by up to 1.9 rad: right only near the middle of the 120 years.
    assert 0.02 < summary["accuracy"] < 0.2
    assert summary["verdict"]["code"] != "solved"


def test_an_untrained_clock_is_right_as_often_as_a_guess() -> None:
    assert clock().summary()["accuracy"] < 2e-3


def test_held_out_instants_fill_the_sixty_years_on_both_sides() -> None:
    t = clock().current.observer.accuracy.inputs
    assert t.shape == (HELD_OUT, 1)
    assert t.abs().max() <= SIXTY_YEARS
    assert torch.equal(t, t.floor())
    shares, _ = torch.histogram(t[:, 0], bins=10)
    # Counts of 10,000 have a standard deviation of 95.
    assert (shares - HELD_OUT / 10).abs().max() < 500


def test_where_nothing_is_right_or_wrong_there_is_no_accuracy() -> None:
    name, experiment = load("sine-31")
    session = Session(load, name, experiment)
    session.open()
    assert session.summary()["accuracy"] is None


def test_a_clock_that_is_lost_explains_nothing_and_is_outside_the_basin() -> None:
    session = clock()
    session.advance(20)
    summary = session.summary()
    assert abs(summary["loss"] - 1) < 0.1
    assert summary["verdict"]["code"] == "stuck-outside-basin"


def test_the_circular_variance_is_the_loss_of_the_best_constant() -> None:
    y = torch.rand(500, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * torch.tensor([1.0, 6.0])
    constants = torch.linspace(0, 2 * torch.pi, 20_001, dtype=torch.float64)
    best = torch.stack([(1 - (y[:, k : k + 1] - constants).cos()).mean(0).min() for k in range(2)])
    assert loss_of_best_constant(y, "circular") == pytest.approx(float(best.mean()), abs=1e-6)
