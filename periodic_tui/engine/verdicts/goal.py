"""Where a model's frequencies belong, and how far from there the gradient still points home."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.known_answers import NoAnswer
from periodic_tui.engine.training.sampling import StepInputs
from periodic_tui.engine.training.trainer import Trainer

CAPTURE = 4.493409457909064
"""First positive root of tan u = u: sin((ω − ω₀)R)/((ω − ω₀)R) falls until |ω − ω₀| R reaches it."""
_AT_ONCE = 1 << 21
_OVERSAMPLING = 2


class Goal:
    """The known answer's frequencies, or the peak of the data's spectrum where there are none."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self._probe = observer.probe
        self.answer: Floats = np.array(trainer.experiment.target.frequencies)
        """Known angular frequencies, or empty."""
        self.basin = _basin(trainer.experiment)
        """Half-width of the capture basin in ω, on all of the training domain; None where there is none."""
        train = trainer.experiment.domain.train
        self._width = train[-1][1] - train[0][0] if train else np.nan
        self.sharpness = _sharpness(trainer, observer)
        """Curvature of the loss at the answer under equal rates; NaN where it is not known, or the optimizer is not
        plain descent."""

    def basins(self, step_inputs: StepInputs, part: slice) -> Floats:
        """The same of the replicas of `part` on the ranges that they use, which a remedy may have narrowed; NaN where
        there is none."""
        if self.basin is None or "starts" not in step_inputs:
            return np.full(len(step_inputs["lr"][part]), np.nan if self.basin is None else self.basin)
        starts, lengths = (step_inputs[name][part].cpu().double().numpy() for name in ("starts", "lengths"))
        low = np.where(lengths > 0, starts, np.inf).min(-1)
        high = np.where(lengths > 0, starts + lengths, -np.inf).max(-1)
        return self.basin * self._width / (high - low)

    @cached_property
    def _frequencies(self) -> Floats:
        if len(self.answer):
            return self.answer
        return np.array([spectral_peak(self._probe.x[:, 0].cpu(), self._probe.y[:, 0].cpu())])

    def distance(self, omega: Floats) -> Floats:
        """Largest distance `[replicas]` of a frequency of `[replicas, frequencies]` from the goal: in order where
        there are as many, else from the nearest."""
        goal = self._frequencies
        if omega.shape[1] == len(goal):
            return np.abs(np.sort(omega, axis=1) - np.sort(goal)).max(axis=1)
        return np.abs(omega[:, :, None] - goal).min(axis=2).max(axis=1)


def _basin(experiment: Experiment) -> float | None:
    domain = experiment.domain
    if experiment.model.frequency_parameter is None or experiment.target.inputs != 1 or not domain.train:
        return None
    scale = abs(domain.scale[0]) if domain.scale else 1.0
    return CAPTURE / (scale * (domain.train[-1][1] - domain.train[0][0]) / 2)


def _sharpness(trainer: Trainer, observer: Observer) -> float:
    experiment = trainer.experiment
    if not experiment.optimizer.plain_gradient_descent or experiment.model.frequency_parameter is None:
        return math.nan
    try:
        return float(observer.sharpness_at(trainer.answer_parameters()[:1], trainer.step_inputs["lr"][:1])[0])
    except NoAnswer:
        return math.nan


def spectral_peak(x: Tensor, y: Tensor) -> float:
    """Angular frequency at which the samples `x`, `y` `[points]` correlate best with a complex exponential.

    Searched up to the mean Nyquist frequency of the samples, twice as finely as their range resolves; the samples may
    lie anywhere (Schuster's periodogram).
    """
    x, y = x.double(), y.double() - y.double().mean()
    width = float(x.max() - x.min())
    finest = 2 * math.pi / (width * _OVERSAMPLING)
    frequencies = torch.arange(1, _OVERSAMPLING * len(x) // 2 + 1, dtype=torch.float64) * finest
    power = torch.cat([_power(part, x, y) for part in frequencies.split(max(1, _AT_ONCE // len(x)))])
    return float(frequencies[power.argmax()])


def _power(frequencies: Tensor, x: Tensor, y: Tensor) -> Tensor:
    phase = frequencies.unsqueeze(-1) * x
    return (phase.cos() @ y).square() + (phase.sin() @ y).square()
