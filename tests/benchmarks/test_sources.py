"""The tables of the write-ups: every row is a valid experiment, and the interval is Wilson's."""

import pytest

from periodic_tui.engine.components.optimizers import optimizers
from periodic_tui.presets.files import load
from tests.benchmarks.sources import ONE_BY_ONE, interval, logarithm_rows, magnitude_rows, trained


def test_every_row_is_an_experiment() -> None:
    rows = [*magnitude_rows(), *ONE_BY_ONE.items()]
    kinds = {load("magnitude-population", list(settings.items()))[1].optimizer.kind for _, settings in rows}
    assert kinds | {"sparseadam"} == set(optimizers)
    assert len([load("ln-collapse", list(settings.items())) for _, settings in logarithm_rows()]) == 24


def test_the_interval_of_a_share_is_wilson_s() -> None:
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    assert interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert interval(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert interval(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert interval(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)


def test_losses_are_those_of_the_settings() -> None:
    experiment, losses = trained("magnitude-population", {"model.hidden": [4]}, replicas=5, steps=2)
    assert experiment.model.hidden_units == (4,)
    assert losses.shape == (5,)
    assert losses.isfinite().all()
