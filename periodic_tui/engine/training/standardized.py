"""The units of columns, from the data that are trained on."""

from __future__ import annotations

from torch import Tensor

from periodic_tui.engine.components.losses import LOSSES
from periodic_tui.engine.components.models.scaling import Scaling, center_and_spread
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.training.sampling import data_set, probe_points

_TOLD = 8
"""Columns that are told of."""


def standardized(experiment: Experiment) -> Experiment:
    """With the model's `scaling` filled in where the preset wants columns standardized, unless it is given: mean and
    standard deviation of the data set, or of the probe on the training domain. Outputs that are no quantities, or whose
    loss is not of any, stay as they are."""
    model, target = experiment.model, experiment.target
    if not target.standardize or model.column_units:
        return experiment
    x, y = (center_and_spread(values) for values in _samples(experiment))
    if not target.quantities or not LOSSES[experiment.training.loss].power:
        y = (), ()
    scaling = Scaling.model_construct(x_center=x[0], x_spread=x[1], y_center=y[0], y_spread=y[1])
    return experiment.model_copy(update={"model": model.model_copy(update={"scaling": scaling})})


def scales(experiment: Experiment) -> str:
    """The units that the preset wants columns to be given in, as one line; empty where it wants none."""
    target, units = experiment.target, experiment.model.column_units
    if not target.standardize or units is None:
        return ""
    names = target.column_names("x") + target.column_names("y")
    centers, spreads = units.x_center + units.y_center, units.x_spread + units.y_spread
    told = [
        f"{name} {center:.4g} ± {spread:.3g}" for name, center, spread in zip(names, centers, spreads, strict=False)
    ]
    more = f" and {len(told) - _TOLD} more" if len(told) > _TOLD else ""
    return f"the layers see standardized columns: {', '.join(told[:_TOLD])}{more}"


def _samples(experiment: Experiment) -> tuple[Tensor, Tensor]:
    if experiment.domain.points:
        return data_set(experiment)
    x = probe_points(experiment, experiment.domain.train)
    return x, experiment.target(x)
