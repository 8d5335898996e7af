"""What networks leave unexplained: figures of their residuals on the probe."""

from __future__ import annotations

from functools import cached_property
from typing import Final

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.activations.rectifiers import ReLU
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.neighbors import Neighbors
from periodic_tui.engine.diagnostics.one_more_unit import OneMoreUnit
from periodic_tui.engine.diagnostics.samples import Samples
from periodic_tui.engine.diagnostics.wave import strongest_wave

FIGURES: Final = ("gain", "gain_through_origin", "noise_share", "wave_share", "wave_cycles")
_ROWS_PER_INPUT = 50
"""Rows of a table from which neighbors tell noise from signal."""
_AT_ONCE = 16
"""Replicas whose residuals are held at once."""
_LARGE = 1 << 28
"""Points times parameters from which a quarter of the probe must do, but for tables."""


class Residuals:
    """Measures FIGURES of some replicas. What depends on the probe alone is kept."""

    def __init__(self, observer: Observer, samples: Samples) -> None:
        self._observer, self._samples = observer, samples
        whole, size = observer.probe, observer.step.layout.size
        large = not samples.is_table and size * len(whole.x) > _LARGE
        self._probe = whole.part(len(whole.x) // 4) if large else whole

    def __call__(self, parameters: Tensor) -> Floats:
        """`[replicas, FIGURES]` of parameters `[replicas, parameters]`; NaN for what has no meaning here."""
        if self._observer.step.experiment.training.loss != "mse":
            return np.full((len(parameters), len(FIGURES)), np.nan)
        return np.concatenate([self._look(part) for part in parameters.split(_AT_ONCE)])

    def _look(self, parameters: Tensor) -> Floats:
        probe = self._probe
        residual = (probe.y - self._observer.predict(parameters, probe.x)).cpu().double()
        gain = self._one_more.gain(residual)
        figures = [gain.anywhere, gain.through_origin, self._noise(residual), *self._wave(residual)]
        return torch.stack(figures, -1).numpy()

    def _noise(self, residual: Tensor) -> Tensor:
        samples = self._samples
        if not samples.is_table or samples.rows < _ROWS_PER_INPUT * len(samples.x):
            return residual.new_full((len(residual),), torch.nan)
        self._observer.preemption.check()
        return self._neighbors.noise(residual) / residual.square().mean((1, 2)).clamp_min(1e-300)

    def _wave(self, residual: Tensor) -> tuple[Tensor, Tensor]:
        if len(self._samples.x) != 1 or residual.shape[-1] != 1:
            nothing = residual.new_full((len(residual),), torch.nan)
            return nothing, nothing
        self._observer.preemption.check()
        found = strongest_wave(self._probe.x[:, 0], residual[..., 0])
        return found.share, found.cycles

    @cached_property
    def _one_more(self) -> OneMoreUnit:
        activations = self._observer.step.experiment.model.hidden_activations
        known = activations and not activations[-1].is_foreign
        return OneMoreUnit(self._probe, activations[-1] if known else ReLU())

    @cached_property
    def _neighbors(self) -> Neighbors:
        return Neighbors(self._probe.x)
