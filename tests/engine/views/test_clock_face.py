"""The clock's face against Python's calendar."""

from datetime import datetime, timedelta

import numpy as np
import pytest
import torch

from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import ClockFace
from periodic_tui.engine.views.clock_face import clock_face
from tests.engine.experiments import experiment, sine


def face_at(now: float, domain: dict[str, object] | None = None, inject: bool = True) -> ClockFace:
    spec = experiment(
        target="clock",
        model="oscillators",
        domain=domain or {},
        optimizer="adam",
        training={"dtype": "float64", "loss": "circular"},
    )
    run = Run(1, "clock", spec, torch.device("cpu"))
    if inject:
        run.inject(0.0)
    return clock_face(run.observer, run.trainer.parameters, now)


@pytest.mark.parametrize("now", [1_790_000_000.7, 1_000_000_000.0, 0.0])
def test_the_true_clock_shows_local_time_and_the_known_answer_shows_the_same(now: float) -> None:
    face = face_at(now)
    start = datetime.fromtimestamp(int(now))
    expected = [start + timedelta(seconds=number) for number in range(len(face.true))]
    assert face.true.tolist() == [[t.second, t.minute, t.hour] for t in expected]
    assert face.second == int(now)
    assert np.array_equal(face.predicted, face.true)


def test_an_untrained_network_shows_another_time() -> None:
    now = 1_790_000_000.0
    assert (face_at(now, inject=False).predicted != face_at(now).true).any()


def test_a_short_domain_is_never_left() -> None:
    face = face_at(1_790_000_000.0, {"train": [[0.0, 3600.0]]})
    assert face.true[:, 2].tolist() == [0.0] * len(face.true)


def test_other_targets_have_no_clock() -> None:
    run = Run(1, "sine", sine(), torch.device("cpu"))
    assert clock_face(run.observer, run.trainer.parameters, 0.0).true.size == 0
