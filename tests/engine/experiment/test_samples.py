"""How many samples a step of one replica is trained on."""

import pytest

from periodic_tui.engine.training.sampling import counter_of
from tests.engine.experiments import experiment


@pytest.mark.parametrize(("batch_size", "points", "samples"), [(7, 0, 7), (7, 100, 7), (0, 100, 100)])
def test_a_step_takes_a_batch_or_else_the_whole_data_set(batch_size: int, points: int, samples: int) -> None:
    spec = experiment(
        target="abs",
        domain={"train": [[-1.0, 1.0]], "points": points},
        model={"kind": "mlp", "hidden": [2]},
        training={"batch_size": batch_size},
    )
    assert spec.samples == samples
    assert len(counter_of(spec)) >= samples
