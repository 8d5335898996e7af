"""The tables of the write-ups: every row is a valid experiment."""

from periodic_tui.engine.components.optimizers import optimizers
from periodic_tui.presets.files import load
from tests.benchmarks.sources import ONE_BY_ONE, logarithm_rows, magnitude_rows, trained


def test_every_row_is_an_experiment() -> None:
    rows = [*magnitude_rows(), *ONE_BY_ONE.items()]
    kinds = {load("magnitude-population", list(settings.items()))[1].optimizer.kind for _, settings in rows}
    assert kinds | {"sparseadam"} == set(optimizers)
    assert len([load("ln-collapse", list(settings.items())) for _, settings in logarithm_rows()]) == 24


def test_losses_are_those_of_the_settings() -> None:
    experiment, losses = trained("magnitude-population", {"model.hidden": [4]}, replicas=5, steps=2)
    assert experiment.model.hidden_units == (4,)
    assert losses.shape == (5,)
    assert losses.isfinite().all()
