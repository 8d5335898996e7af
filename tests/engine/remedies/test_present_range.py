"""What the screen is shown of a narrowed range."""

import numpy as np
import pytest

from periodic_tui.engine.snapshot import View
from tests.engine.experiments import seen, sine
from tests.engine.remedies.treated import treated

SEEN = View(panes=("landscape",))


def test_the_basin_is_4_4934_over_the_half_width_in_use() -> None:
    run = treated(sine(), "widen-range", 12)
    half_width = float(run.trainer.step_inputs["lengths"]) / 2
    assert half_width < 1
    assert seen(run, SEEN).basin == pytest.approx(4.493409 / half_width, rel=1e-5)
    run.reinitialize(None)
    assert seen(run, SEEN).basin == pytest.approx(4.493409e-3, rel=1e-5)


def test_the_landscape_is_that_of_the_range_in_use() -> None:
    run = treated(sine(), "widen-range", 12)
    half_width = float(run.trainer.step_inputs["lengths"]) / 2
    landscape = seen(run, SEEN).landscape
    x = np.linspace(-half_width, half_width, 20_001)
    for omega, loss in zip(landscape.x[::50], landscape.loss[::50], strict=True):
        assert loss == pytest.approx(np.mean((np.sin(omega * x) - np.sin(31 * x)) ** 2), abs=1e-3)
