"""Target and prediction side by side, for the screen."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.sampling import scaled, torch_dtype
from periodic_tui.engine.snapshot import Fit, View

_PERIODS = 5
_SIDE = 48
_NORMAL_REACH = 3.0


def fit_of(observer: Observer, parameters: Tensor, view: View) -> Fit:
    """The fit of one replica's `parameters` `[1, parameters]` over the view's window."""
    experiment = observer.step.experiment
    if experiment.target.inputs == 2 and experiment.target.outputs == 1:
        return _grid(observer, parameters)
    if experiment.target.inputs != 1:
        return Fit()
    low, high = view.window or _window(observer)
    x = torch.linspace(low, high, view.points, dtype=torch.float64).to(torch_dtype(experiment))
    target = experiment.target(x.unsqueeze(-1))
    prediction = observer.predict(parameters, x.unsqueeze(-1).to(parameters.device))[0]
    return Fit(
        x=x.double().numpy(),
        target=target.double().numpy(),
        prediction=prediction.double().cpu().numpy(),
        trained=experiment.domain.train,
        domain=_ends(observer),
    )


def _ends(observer: Observer) -> tuple[float, float]:
    domain = observer.step.experiment.domain
    if domain.distribution == "normal":
        return -_NORMAL_REACH, _NORMAL_REACH
    intervals = (*domain.train, *domain.test)
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def _window(observer: Observer) -> tuple[float, float]:
    """A window in which single periods can be seen, or everything where nothing is periodic."""
    low, high = _ends(observer)
    frequencies = observer.step.experiment.target.frequencies
    width = high - low
    if frequencies:
        width = min(width, _PERIODS * 2 * math.pi / max(frequencies))
    middle = (low + high) / 2
    return middle - width / 2, middle + width / 2


def _grid(observer: Observer, parameters: Tensor) -> Fit:
    experiment = observer.step.experiment
    low, high = _ends(observer)
    axis = torch.linspace(low, high, _SIDE, dtype=torch_dtype(experiment))
    # Rows run from the top of the picture (large second input) to its bottom.
    points = torch.stack(torch.meshgrid(axis, axis.flip(0), indexing="xy"), -1).reshape(-1, 2)
    points = scaled(points, experiment.domain.scale)
    shape = (_SIDE, _SIDE)
    return Fit(
        x=axis.double().numpy(),
        target=experiment.target(points).view(shape).double().numpy(),
        prediction=observer.predict(parameters, points.to(parameters.device)).view(shape).double().cpu().numpy(),
        inputs=2,
        trained=experiment.domain.train,
        domain=(low, high),
    )
