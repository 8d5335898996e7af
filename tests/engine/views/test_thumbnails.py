"""What every unit does, small, against plain numpy."""

import numpy as np
import torch

from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import View
from tests.engine.experiments import experiment, ln, magnitude, seen

CPU = torch.device("cpu")
ASKED = View(panes=("units",))


def test_units_of_narrow_layers_are_curves_over_the_fits_window() -> None:
    wide, narrow = seen(Run(1, "ln", ln(), CPU), ASKED).layers
    assert wide.thumbnails.size == 0
    x = np.linspace(0, 1, 48)[:, None]
    hidden = np.maximum(x * wide.incoming[:, 0] + wide.bias, 0)
    expected = np.maximum(hidden @ narrow.incoming.T + narrow.bias, 0).T
    np.testing.assert_allclose(narrow.thumbnails, expected, rtol=1e-5)


def test_over_two_inputs_they_are_maps_with_the_largest_second_input_on_top() -> None:
    picture = seen(Run(1, "magnitude", magnitude(), CPU), ASKED)
    [layer] = picture.layers
    axis = np.linspace(*picture.fit.domain, 16)
    x, y = np.meshgrid(axis, axis[::-1])
    expected = np.maximum(layer.incoming[2, 0] * x + layer.incoming[2, 1] * y + layer.bias[2], 0)
    np.testing.assert_allclose(layer.thumbnails[2], expected, atol=1e-5)


def test_nothing_is_computed_unless_the_pane_is_shown_or_for_many_inputs() -> None:
    spectrum = experiment(target="amplitude-spectrum", model={"kind": "mlp", "hidden": [4]})
    for spec, view in ((magnitude(), View()), (spectrum, ASKED)):
        assert [layer.thumbnails.size for layer in seen(Run(1, "test", spec, CPU), view).layers] == [0]
