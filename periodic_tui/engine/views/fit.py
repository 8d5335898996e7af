"""Target and prediction side by side, for the screen."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.components.models.linear import Linear
from periodic_tui.engine.components.models.mlp import MLP
from periodic_tui.engine.components.models.oscillators import wrapped
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.known_answers import NoAnswer, known_answer
from periodic_tui.engine.snapshot import Fit, View
from periodic_tui.engine.training.sampling import scaled, torch_dtype

_PERIODS = 5
_SIDE = 48
_NORMAL_REACH = 3.0


def fit_of(observer: Observer, parameters: Tensor, view: View) -> Fit:
    """The fit of one replica's `parameters` `[1, parameters]`, of curves over the view's window."""
    target = observer.step.experiment.target
    if target.inputs == 1:
        return _curves(observer, parameters, view)
    if target.inputs == 2 and target.outputs == 1:
        return _maps(observer, parameters)
    return _weights(observer, parameters) or _sample(observer, parameters)


def curve_inputs(observer: Observer, view: View) -> Tensor:
    """The inputs `[points, 1]` of curves over the view's window."""
    low, high = view.window or _window(observer)
    x = torch.linspace(low, high, view.points, dtype=torch.float64)
    return x.to(torch_dtype(observer.step.experiment)).unsqueeze(-1)


def map_inputs(observer: Observer) -> Tensor:
    """The inputs `[side · side, 2]` of maps: rows from the top of the picture (large second input) to its bottom."""
    axis = _axis(observer)
    points = torch.stack(torch.meshgrid(axis, axis.flip(0), indexing="xy"), -1).reshape(-1, 2)
    return scaled(points, observer.step.experiment.domain.scale)


def _curves(observer: Observer, parameters: Tensor, view: View) -> Fit:
    experiment = observer.step.experiment
    x = curve_inputs(observer, view)
    prediction = observer.predict(parameters, x.to(parameters.device))[0]
    return Fit(
        x=x[:, 0].double().numpy(),
        target=experiment.target(x).double().numpy(),
        prediction=(wrapped(prediction) if experiment.target.phases else prediction).cpu().double().numpy(),
        kind="phases" if experiment.target.phases else "curves",
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
    """A window in which single periods can be seen, or everything: where nothing is periodic, or much is held out."""
    low, high = _ends(observer)
    experiment = observer.step.experiment
    width = high - low
    if experiment.target.frequencies and not experiment.domain.test:
        width = min(width, _PERIODS * 2 * math.pi / max(experiment.target.frequencies))
    middle = (low + high) / 2
    return middle - width / 2, middle + width / 2


def _axis(observer: Observer) -> Tensor:
    return torch.linspace(*_ends(observer), _SIDE, dtype=torch_dtype(observer.step.experiment))


def _maps(observer: Observer, parameters: Tensor) -> Fit:
    experiment, points, shape = observer.step.experiment, map_inputs(observer), (_SIDE, _SIDE)
    return Fit(
        x=_axis(observer).double().numpy(),
        target=experiment.target(points).view(shape).double().numpy(),
        prediction=observer.predict(parameters, points.to(parameters.device)).view(shape).cpu().double().numpy(),
        kind="maps",
        trained=experiment.domain.train,
        domain=_ends(observer),
        scale=_scale(experiment),
    )


def _scale(experiment: Experiment) -> tuple[float, float]:
    first, second = experiment.domain.scale or (1.0, 1.0)
    factor = experiment.model.input_scale if isinstance(experiment.model, MLP) else 1.0
    return factor * first, factor * second


def _weights(observer: Observer, parameters: Tensor) -> Fit | None:
    """A linear layer's weights beside the known ones; None where there is no such layer or no answer."""
    if not isinstance(observer.step.experiment.model, Linear):
        return None
    try:
        known = known_answer(observer.step.experiment).parameters["output.weight"]
    except NoAnswer:
        return None
    learned = observer.step.layout.views(parameters)["output.weight"][0]
    return Fit(
        x=np.arange(known.shape[1], dtype=np.float64),
        target=known.double().numpy(),
        prediction=learned.cpu().double().numpy(),
        kind="weights",
    )


def _sample(observer: Observer, parameters: Tensor) -> Fit:
    """All outputs for the first point of the probe; none where there is a single one."""
    x, y = observer.probe.x[:1], observer.probe.y[0]
    if len(y) == 1:
        return Fit()
    prediction = observer.predict(parameters, x.to(parameters.device))[0, 0]
    return Fit(
        x=np.arange(len(y), dtype=np.float64),
        target=y.cpu().double().numpy()[:, None],
        prediction=prediction.cpu().double().numpy()[:, None],
        kind="sample",
        domain=(0.0, len(y) - 1.0),
    )
