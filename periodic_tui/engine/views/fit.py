"""Target and prediction side by side, and one hidden unit's activation there, for the screen."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.domain import Interval
from periodic_tui.engine.components.models.mlp import Linear
from periodic_tui.engine.components.models.oscillators import wrapped
from periodic_tui.engine.components.targets.clock import Clock
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.known_answers import NoAnswer, known_answer
from periodic_tui.engine.snapshot import Fit, UnitCurve, View
from periodic_tui.engine.training.sampling import scaled, torch_dtype

_PERIODS = 5
_SIDE = 48
_NORMAL_REACH = 3.0
_OPENING = 8
"""A window on a narrowed range is so many times narrower than the usual one, or so many times that, and so on: the
range opens within it, and it seldom jumps."""
_SAME = 1e-6
"""Of the domain: a difference that is but rounding."""


def fit_of(observer: Observer, parameters: Tensor, view: View, used: Interval | None = None) -> Fit:
    """The fit of one replica's `parameters` `[1, parameters]`, of curves over the view's window.

    `used`: the interval that is trained on now, where a remedy has narrowed it.
    """
    target = observer.step.experiment.target
    if target.inputs == 1:
        return _curves(observer, parameters, view, used)
    if target.inputs == 2 and (target.outputs == 1 or target.classes):
        return _maps(observer, parameters)
    return _weights(observer, parameters) or _sample(observer, parameters)


def narrowed(experiment: Experiment, intervals: tuple[Interval, ...]) -> Interval | None:
    """The ends of the training intervals in use, where a remedy has made that less than the whole."""
    if not intervals:
        return None
    (low, high), whole = _hull(intervals), _hull(experiment.domain.train)
    slack = _SAME * (whole[1] - whole[0])
    return (low, high) if low > whole[0] + slack or high < whole[1] - slack else None


def unit_curve(observer: Observer, parameters: Tensor, view: View, used: Interval | None = None) -> UnitCurve:
    """The activation of the view's unit, with one replica's `parameters` `[1, parameters]`."""
    if view.unit is None or observer.step.experiment.target.inputs > 2:
        return UnitCurve()
    layer, unit = view.unit
    single = observer.step.experiment.target.inputs == 1
    x = curve_inputs(observer, view, used) if single else map_inputs(observer)
    hidden = observer.hidden(parameters, x.to(parameters.device))
    if layer >= len(hidden) or unit >= hidden[layer].activations.shape[-1]:
        return UnitCurve()
    values = _numpy(hidden[layer].activations[0, :, unit])
    side = round(len(values) ** 0.5)
    first = _numpy(x[:, 0])
    return UnitCurve(layer, unit, first if single else first[:side], values if single else values.reshape(side, side))


def curve_inputs(observer: Observer, view: View, used: Interval | None = None) -> Tensor:
    """The inputs `[points, 1]` of curves over the view's window."""
    experiment = observer.step.experiment
    x = torch.linspace(*(view.window or _window(experiment, used)), view.points, dtype=torch.float64)
    return x.to(torch_dtype(experiment)).unsqueeze(-1)


def map_inputs(observer: Observer, side: int = _SIDE) -> Tensor:
    """The inputs `[side · side, 2]` of maps: rows from the top of the picture (large second input) to its bottom."""
    return over_domain(observer, side, side)[1]


def over_domain(observer: Observer, points: int, side: int) -> tuple[Floats, Tensor]:
    """Axis and inputs over the whole domain: `[points]` and `[points, 1]` for one input, `[side]` and
    `[side · side, 2]` over the square of two (largest second input first); both empty for more."""
    experiment = observer.step.experiment
    dtype, inputs = torch_dtype(experiment), experiment.target.inputs
    if inputs > 2:
        return np.empty(0), torch.empty(0, inputs, dtype=dtype)
    axis = torch.linspace(*_ends(experiment), points if inputs == 1 else side, dtype=torch.float64).to(dtype)
    if inputs == 1:
        return _numpy(axis), axis.unsqueeze(-1)
    square = torch.stack(torch.meshgrid(axis, axis.flip(0), indexing="xy"), -1).reshape(-1, 2)
    return _numpy(axis), scaled(square, experiment.domain.scale)


def _curves(observer: Observer, parameters: Tensor, view: View, used: Interval | None) -> Fit:
    experiment = observer.step.experiment
    x, cyclic = curve_inputs(observer, view, used), _cyclic(experiment)
    target, prediction = experiment.target(x), _answers(observer, parameters, x)
    return Fit(
        x=_numpy(x[:, 0]),
        target=_numpy(wrapped(target) if cyclic else target),
        prediction=_numpy(wrapped(prediction) if cyclic else prediction),
        kind="phases" if cyclic else "curves",
        trained=experiment.domain.train,
        domain=_ends(experiment),
        used=used,
    )


def _answers(observer: Observer, parameters: Tensor, x: Tensor) -> Tensor:
    """What one replica says at `x` `[points, inputs]`; of logits, the probabilities."""
    output = observer.predict(parameters, x.to(parameters.device))[0]
    match observer.step.experiment.training.loss:
        case "cross-entropy":
            return output.softmax(-1)
        case "bce-with-logits":
            return output.sigmoid()
    return output


def _one(experiment: Experiment, outputs: Tensor) -> Tensor:
    """Outputs `[points, outputs]` as one number each: of classes, that of the likeliest."""
    return outputs.argmax(-1).to(outputs) if experiment.target.classes else outputs


def _cyclic(experiment: Experiment) -> bool:
    """Whether the outputs are angles; those of a table are if its loss takes them for such."""
    return experiment.training.loss == "circular" or isinstance(experiment.target, Clock)


def _numpy(values: Tensor) -> Floats:
    return values.cpu().double().numpy()


def _ends(experiment: Experiment) -> tuple[float, float]:
    domain = experiment.domain
    if domain.distribution == "normal":
        return -_NORMAL_REACH, _NORMAL_REACH
    return _hull((*domain.train, *domain.test))


def _hull(intervals: tuple[Interval, ...]) -> Interval:
    return min(low for low, _ in intervals), max(high for _, high in intervals)


def _window(experiment: Experiment, used: Interval | None) -> Interval:
    """A window in which single periods can be seen, or everything: where nothing is periodic, or much is held out.

    It lies on the range in use, and is narrower while that is.
    """
    low, high = _ends(experiment)
    width = high - low
    if experiment.target.frequencies and not experiment.domain.test:
        width = min(width, _PERIODS * 2 * math.pi / max(experiment.target.frequencies))
    if used is None:
        middle = (low + high) / 2
    else:
        times = math.floor(math.log(max(width / (used[1] - used[0]), 1.0), _OPENING))
        width /= _OPENING**times
        middle = min(max(sum(used) / 2, low + width / 2), high - width / 2)
    return middle - width / 2, middle + width / 2


def _maps(observer: Observer, parameters: Tensor) -> Fit:
    experiment, shape = observer.step.experiment, (_SIDE, _SIDE)
    axis, points = over_domain(observer, _SIDE, _SIDE)
    offset = experiment.model.first_inputs(torch.zeros(2, dtype=torch.float64))
    factor = experiment.model.first_inputs(torch.tensor(experiment.domain.scale or (1.0, 1.0)).double()) - offset
    return Fit(
        x=axis,
        target=_numpy(_one(experiment, experiment.target(points)).view(shape)),
        prediction=_numpy(_one(experiment, _answers(observer, parameters, points)).view(shape)),
        kind="maps",
        trained=experiment.domain.train,
        domain=_ends(experiment),
        scale=tuple(factor.tolist()),
        offset=tuple(offset.tolist()),
    )


def _weights(observer: Observer, parameters: Tensor) -> Fit | None:
    """A linear layer's weights beside the known ones; None where there is no such layer or no answer."""
    if not isinstance(observer.step.experiment.model, Linear):
        return None
    try:
        known = known_answer(observer.step.experiment)["output.weight"]
    except NoAnswer:
        return None
    learned = observer.step.layout.views(parameters)["output.weight"][0]
    return Fit(np.arange(known.shape[1], dtype=np.float64), _numpy(known), _numpy(learned), "weights")


def _sample(observer: Observer, parameters: Tensor) -> Fit:
    """All outputs for the first point of the probe; none where there is a single one."""
    x, y = observer.probe.x[:1], observer.probe.y[0]
    if len(y) == 1:
        return Fit()
    prediction = _answers(observer, parameters, x)[0]
    return Fit(
        x=np.arange(len(y), dtype=np.float64),
        target=_numpy(y)[:, None],
        prediction=_numpy(prediction)[:, None],
        kind="sample",
        domain=(0.0, len(y) - 1.0),
    )
