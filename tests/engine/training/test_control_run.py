"""The untreated course beside the treated one."""

import numpy as np

from periodic_tui.engine.picture import picture_of
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from tests.engine.experiments import sine
from tests.engine.remedies.treated import treated

SEEN = View(compare=True, focus=1)


def test_the_twin_goes_as_the_same_seed_goes_when_nothing_is_done_to_it() -> None:
    run = treated(sine(replicas=2), "widen-range", 64)
    plain = Run(1, "plain", sine(replicas=2), run.trainer.device)
    plain.advance(64)
    curve = picture_of(run, SEEN).untreated_curve
    while len(curve.step) < 64:
        curve = picture_of(run, SEEN).untreated_curve
    np.testing.assert_allclose(curve.middle, plain.train_history.curve(1).middle, rtol=1e-5)
    assert run.train_history.curve(1).middle[-1] < 1e-3 < curve.middle[-1]


def test_the_twin_is_not_trained_while_nobody_looks() -> None:
    run = treated(sine(), "widen-range", 8)
    assert not len(picture_of(run, View()).untreated_curve.step)
