"""What goes together and what does not, beyond each value by itself."""

import numpy as np
import pytest

from periodic_tui.engine.experiment.warnings import warnings
from tests.engine.experiments import experiment, ln, sine


def test_float32_for_a_clock_is_a_warning_that_says_what_is_lost() -> None:
    spec = experiment(target="clock", model="oscillators", training={"loss": "circular"})
    said = warnings(spec)["training.dtype"]
    spacing = float(np.spacing(np.float32(60 * 365.25 * 86_400)))
    assert f"steps of {spacing:g}," in said
    assert "a period of 60;" in said
    assert not warnings(spec.model_copy(update={"training": spec.training.model_copy(update={"dtype": "float64"})}))


def test_what_float32_can_hold_is_no_warning() -> None:
    assert not warnings(sine())
    assert not warnings(ln())


def test_a_circular_loss_is_for_phases() -> None:
    with pytest.raises(ValueError, match=r"training\.loss: circular compares phases, and log gives none"):
        ln(loss="circular")
