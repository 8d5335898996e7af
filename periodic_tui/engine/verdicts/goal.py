"""Where a model's frequencies belong, and how far from there the gradient still points home."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.domain import Interval
from periodic_tui.engine.components.mean_cosine import capture_basin
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
        self._range = _Range.of(trainer.experiment)
        train = trainer.experiment.domain.train
        self.basin = self._range.basin(train) if self._range else None
        """Half-width of the capture basin in ω, on all of the training domain; None where there is none."""
        self._mirrored = _is_mirrored(trainer.experiment)
        self._basins: tuple[Tensor, Tensor, Floats] | None = None
        """The latest starts and lengths of ranges, and the basins of all replicas there."""
        self.sharpness = _sharpness(trainer, observer)
        """Curvature of the loss at the answer under equal rates; NaN where it is not known, or the optimizer is not
        plain descent."""

    def basins(self, step_inputs: StepInputs, part: slice) -> Floats:
        """The same of the replicas of `part` on the ranges that they use, which a remedy may have narrowed; NaN where
        there is none."""
        if self._range is None or self.basin is None or "starts" not in step_inputs:
            return np.full(len(step_inputs["lr"][part]), np.nan if self.basin is None else self.basin)
        starts, lengths = step_inputs["starts"], step_inputs["lengths"]
        if self._basins is None or self._basins[0] is not starts or self._basins[1] is not lengths:
            self._basins = starts, lengths, self._range.basins(starts, lengths)
        return self._basins[2][part].copy()

    @cached_property
    def _frequencies(self) -> Floats:
        if len(self.answer):
            return self.answer
        return np.array([spectral_peak(self._probe.x[:, 0].cpu(), self._probe.y[:, 0].cpu())])

    def distance(self, omega: Floats) -> Floats:
        """Largest distance `[replicas]` of a frequency of `[replicas, frequencies]` from the goal: in order where
        there are as many, else from the nearest. Of ω and −ω the nearer counts, where both can be the same wave."""
        goal = self._frequencies
        if self._mirrored:
            omega, goal = np.abs(omega), np.abs(goal)
        if omega.shape[1] == len(goal):
            return np.abs(np.sort(omega, axis=1) - np.sort(goal)).max(axis=1)
        return np.abs(omega[:, :, None] - goal).min(axis=2).max(axis=1)


def _is_mirrored(experiment: Experiment) -> bool:
    """Whether ω and −ω are as good: where amplitudes are learned, and where nobody knows the sign of the target's."""
    kind = experiment.model.kind
    return kind == "harmonic" or (kind == "sine-unit" and experiment.target.kind != "sine")


@dataclass(frozen=True)
class _Range:
    """How the basin of a model's frequency depends on the range of its inputs."""

    scale: float
    """The factor on the inputs."""
    phase_given: bool
    """Whether the wave's phase at x = 0 cannot be learned, so that it counts how far from there the range lies."""

    @classmethod
    def of(cls, experiment: Experiment) -> _Range | None:
        """None for models without a frequency, and for inputs that do not lie in intervals."""
        domain, model = experiment.domain, experiment.model
        if model.frequency_parameter is None or experiment.target.inputs != 1 or not domain.train:
            return None
        return cls(abs(domain.scale[0]) if domain.scale else 1.0, model.kind == "sine-unit")

    def basins(self, starts: Tensor, lengths: Tensor) -> Floats:
        """Half-widths `[replicas]` of the basins in ω on the ranges `[replicas, intervals]`."""
        low, width = starts.cpu().double().numpy(), lengths.cpu().double().numpy()
        distinct, which = np.unique(np.stack([low, low + width], -1), axis=0, return_inverse=True)
        found = [self.basin(tuple((low, high) for low, high in rows if high > low)) for rows in distinct.tolist()]
        return np.array(found)[which.reshape(-1)]

    def basin(self, intervals: tuple[Interval, ...]) -> float:
        """Half-width of the basin in ω on these intervals."""
        if self.phase_given:
            return capture_basin(intervals, self.scale)
        return CAPTURE / (self.scale * (intervals[-1][1] - intervals[0][0]) / 2)


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
