"""What every unit of a narrow layer does where the fit is drawn, small, for the screen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.domain import Interval
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.snapshot import View
from periodic_tui.engine.views.fit import curve_inputs, map_inputs

MOST_UNITS = 16
"""Of a layer whose units are drawn one by one."""
POINTS = 48
"""Of a curve."""
SIDE = 16
"""Of a map."""


def thumbnails_of(
    observer: Observer, parameters: Tensor, view: View, used: Interval | None = None
) -> tuple[Floats, ...]:
    """The activations of each hidden layer's units, with one replica's `parameters` `[1, parameters]`: `[units,
    points]` over the fit's window, or `[units, side, side]` over its square, the largest second input first.

    Empty for layers that are too wide, and where there are more than two inputs.
    """
    experiment = observer.step.experiment
    narrow = [units <= MOST_UNITS for units in experiment.model.hidden_units]
    inputs = experiment.target.inputs
    if inputs > 2 or not any(narrow):
        return tuple(np.empty(0) for _ in narrow)
    single = inputs == 1
    x = curve_inputs(observer, replace(view, points=POINTS), used) if single else map_inputs(observer, SIDE)
    shape = (POINTS,) if single else (SIDE, SIDE)
    layers = observer.hidden(parameters, x.to(parameters.device))
    return tuple(
        layer.activations[0].T.reshape(-1, *shape).cpu().double().numpy() if few else np.empty(0)
        for layer, few in zip(layers, narrow, strict=True)
    )
