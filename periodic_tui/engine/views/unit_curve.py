"""One hidden unit's activation where the fit is drawn."""

from __future__ import annotations

from torch import Tensor

from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.snapshot import UnitCurve, View
from periodic_tui.engine.views.fit import curve_inputs, map_inputs


def unit_curve(observer: Observer, parameters: Tensor, view: View) -> UnitCurve:
    """The activation of the view's unit, with one replica's `parameters` `[1, parameters]`."""
    if view.unit is None or observer.step.experiment.target.inputs > 2:
        return UnitCurve()
    layer, unit = view.unit
    single = observer.step.experiment.target.inputs == 1
    x = curve_inputs(observer, view) if single else map_inputs(observer)
    hidden = observer.hidden(parameters, x.to(parameters.device))
    if layer >= len(hidden) or unit >= hidden[layer].activations.shape[-1]:
        return UnitCurve()
    values = hidden[layer].activations[0, :, unit].cpu().double().numpy()
    side = round(len(values) ** 0.5)
    first = x[:, 0].double().numpy()
    return UnitCurve(layer, unit, first if single else first[:side], values if single else values.reshape(side, side))
