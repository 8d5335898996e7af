"""A unit's activation against plain numpy."""

import numpy as np
import torch

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import UnitCurve, View
from tests.engine.experiments import experiment, ln, magnitude, seen, sine


def run_of(spec: Experiment) -> Run:
    return Run(1, "test", spec, torch.device("cpu"))


def test_over_one_input_it_is_a_curve_on_the_fits_axis() -> None:
    run = run_of(ln())
    picture = seen(run, View(unit=(1, 3)))
    first, second = picture.layers
    hidden = np.maximum(picture.fit.x[:, None] * first.incoming[:, 0] + first.bias, 0)
    expected = np.maximum(hidden @ second.incoming[3] + second.bias[3], 0)
    np.testing.assert_array_equal(picture.unit.x, picture.fit.x)
    np.testing.assert_allclose(picture.unit.activation, expected, rtol=1e-5)


def test_over_two_inputs_it_is_a_map_with_the_largest_second_input_on_top() -> None:
    picture = seen(run_of(magnitude()), View(unit=(0, 2)))
    layer, axis = picture.layers[0], picture.fit.x
    x, y = np.meshgrid(axis, axis[::-1])
    expected = np.maximum(layer.incoming[2, 0] * x + layer.incoming[2, 1] * y + layer.bias[2], 0)
    np.testing.assert_allclose(picture.unit.activation, expected, atol=1e-5)


def test_nothing_is_computed_where_nothing_is_asked_for_or_there_is() -> None:
    spectrum = experiment(target="amplitude-spectrum", model={"kind": "mlp", "hidden": [4]})
    asked = [(ln(), None), (ln(), (5, 0)), (ln(), (0, 50)), (sine(), (0, 0)), (spectrum, (0, 0))]
    for spec, unit in asked:
        curve: UnitCurve = seen(run_of(spec), View(unit=unit)).unit
        assert curve.x.size == curve.activation.size == 0
