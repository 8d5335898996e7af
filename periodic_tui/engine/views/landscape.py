"""The loss around the present point, for the screen: computed only while somebody looks, at most twice a second."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.components.domain import Interval
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.expected_loss import ExpectedLoss
from periodic_tui.engine.diagnostics.probe import Probe
from periodic_tui.engine.experiment.known_answers import NoAnswer
from periodic_tui.engine.randomness import Streams
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.snapshot import Landscape, Line
from periodic_tui.engine.training.sampling import Batch, counter_of, intervals_in_use
from periodic_tui.engine.training.trainer import Trainer

POINTS = 400
"""Number of frequencies on the axis."""
POSITIONS = np.linspace(-1.0, 1.25, 37)
"""On a line: 0 is the present point, 1 the answer."""
_PRESENT = int(np.flatnonzero(POSITIONS == 0)[0])
_NEAR = 3.0
"""Half-width of the near view, in basins."""
_PERIOD = 0.5
"""Seconds between two pictures …"""
_SHARE = 0.003
"""… or longer, so that they take no more than this share of the time."""
_WORK = 20_000_000
"""Multiplications that one line may take."""
_NUMBERS = 1 << 20
"""Parameters in memory at once, over all points of a line."""
_SHARPEST = 5_000
"""Parameters up to which the sharpest direction is computed."""
_CURVED = 256
"""Points on which the sharpest direction is computed."""


class LossLandscape:
    """Draws the landscape around one replica, and keeps it for half a second, or until another range is trained on."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self.trainer, self.observer = trainer, observer
        self._landscape = Landscape()
        self._key: tuple[int, bool, tuple[Interval, ...]] | None = None
        self._budget = Budget(_SHARE, rest=_PERIOD)
        self._answer = self._known_answer()

    def __call__(self, focus: int, near: bool, basin: float | None) -> Landscape:
        """The landscape around a replica; `basin` is the answer's half-width for the near view."""
        key = (focus, near, intervals_in_use(self.trainer.step_inputs, focus))
        if key != self._key:
            self._key, self._budget = key, Budget(_SHARE, rest=_PERIOD)
        if self._budget.ready:
            with self._budget.spend():
                self._landscape = replace(self._drawn(focus, near, basin), step=self.trainer.done)
        return self._landscape

    def forget(self) -> None:
        """Draw anew at the next call, whatever has been spent: a command has changed the run, or it is at rest."""
        self._key = None

    def _drawn(self, focus: int, near: bool, basin: float | None) -> Landscape:
        present = self.trainer.parameters_of(slice(focus, focus + 1)).detach()
        expected = self.observer.expected
        if expected is not None:
            used = intervals_in_use(self.trainer.step_inputs, focus)
            expected = replace(expected, intervals=used or expected.intervals)
            return over_frequency(self.trainer, expected, present, near and basin is not None, basin or 0.0, focus)
        lines = self._lines(present)
        if not lines:
            return Landscape()
        here = float(lines[0].loss[_PRESENT])
        return Landscape(x=POSITIONS, lines=tuple(lines), reach=self._reach(present), present_loss=here)

    def _known_answer(self) -> Tensor | None:
        try:
            return self.trainer.answer_parameters()[:1].to(self.observer.device)
        except NoAnswer:
            return None

    def _reach(self, present: Tensor) -> float:
        answer = self._answer
        distance = 0.0 if answer is None else float((answer - present).norm())
        return distance or float(present.norm()) or 1.0

    def _lines(self, present: Tensor) -> list[Line]:
        """Towards the answer, against the gradient, and along the sharpest direction."""
        reach, answer = self._reach(present), self._answer
        directions: dict[str, Tensor] = {}
        if answer is not None and bool((answer != present).any()):
            directions["answer"] = answer - present
        batch = self._batch()
        self.observer.preemption.check()
        gradient, _ = self.observer.step.gradient(present, batch, None)
        if bool((gradient != 0).any()):
            directions["gradient"] = -gradient * (reach / gradient.norm())
        if self.observer.step.experiment.model.curves and 1 < present.shape[-1] <= _SHARPEST:
            part = Probe(batch.x[0, :_CURVED], batch.y[0, :_CURVED])
            directions["sharpest"] = self.observer.curvature(present, part)[1] * reach
        return [Line(name, self._along(present, direction, batch)) for name, direction in directions.items()]

    def _batch(self) -> Batch:
        """A part of the probe as a batch `[1, points, …]`: fewer points for larger networks."""
        count = max(16, min(1024, _WORK // (self.trainer.training_step.layout.size * len(POSITIONS))))
        part = self.observer.probe.part(count)
        return Batch(part.x.unsqueeze(0), part.y.unsqueeze(0))

    def _along(self, present: Tensor, direction: Tensor, batch: Batch) -> Floats:
        positions = torch.as_tensor(POSITIONS, dtype=present.dtype, device=present.device)
        parts = positions.unsqueeze(-1).split(max(1, _NUMBERS // present.shape[-1]))
        prediction = torch.cat([self.observer.predict(present + part * direction, batch.x[0]) for part in parts])
        loss = self.trainer.training_step.loss(prediction.double(), Batch(batch.x, batch.y.double()))
        return loss.cpu().numpy()


def over_frequency(
    trainer: Trainer, expected: ExpectedLoss, present: Tensor, near: bool, basin: float, focus: int
) -> Landscape:
    """Expected loss and gradient over ω, and the gradient of a minibatch at each of its points as the write-up plots
    it: wide, from below zero to beyond the answer and the present ω, or near the answer."""
    answer, omega = expected.frequency, float(present[0, 0])
    if near:
        low, high = answer - _NEAR * basin, answer + _NEAR * basin
    else:
        low, high = min(0.0, 1.1 * omega), 1.1 * max(answer, omega)
    x = np.linspace(low, high, POINTS)
    return Landscape(
        x=x,
        loss=expected.loss(x),
        gradient=expected.gradient(x),
        sampled=sampled_gradient(trainer, x, focus),
        present=omega,
        present_loss=float(expected.loss(np.array(omega))),
        present_gradient=float(expected.gradient(np.array(omega))),
        near=near,
    )


def sampled_gradient(trainer: Trainer, omega: Floats, focus: int) -> Floats:
    """The derivative of the loss at each ω on a minibatch of its own, of the size that training takes."""
    step, counter = trainer.training_step, counter_of(trainer.experiment, trainer.device)
    seeds = torch.arange(len(omega), dtype=torch.int64, device=trainer.device)
    step_inputs = {
        name: value[focus : focus + 1].expand(len(omega), *value.shape[1:]) if name in ("starts", "lengths") else value
        for name, value in trainer.step_inputs.items()
    }
    now = torch.tensor(trainer.done, device=trainer.device)
    batch = step.sampler.batch(Streams.of(seeds, counter), now, step_inputs)
    parameters = torch.as_tensor(omega, dtype=step.sampler.dtype, device=trainer.device).unsqueeze(-1)
    gradient, _ = step.gradient(parameters, batch, None)
    return gradient[:, 0].cpu().double().numpy()
