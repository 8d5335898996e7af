"""The planted runs that take no training: each must be judged as it was planted."""

import pytest

from tests.engine.verdicts import planted


@pytest.mark.parametrize(
    "plant", ["divergence", "held_out", "units", "hexagons", "injected", "noisy_sine", "mostly_noise"]
)
def test_planted_runs_are_judged_as_planted(plant: str) -> None:
    run, expected = getattr(planted, plant)()
    run.reading()
    assert list(run.measured.population.names()) == expected
