"""Gradient and noise, and how far a step moves the parameters."""

from __future__ import annotations

import torch
from torch import Tensor

from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.diagnostics.observer import Observer
from periodic_tui.engine.randomness import Stream, Streams
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.snapshot import GradientStats
from periodic_tui.engine.training.sampling import Batch, counter_of
from periodic_tui.engine.training.step import moved_to
from periodic_tui.engine.training.trainer import Trainer

BATCHES = 16
"""Minibatches by which the noise is measured: those of the coming steps; fewer …"""
_WORK = 200_000_000
"""… where a sample takes so many products."""
_PERIOD = 0.5
"""Seconds between two measurements …"""
_SHARE = 0.003
"""… or longer, so that they take no more than this share of the time."""


class GradientMeter:
    """Measures one replica, and keeps the figures for half a second."""

    def __init__(self, trainer: Trainer, observer: Observer) -> None:
        self.trainer, self.observer = trainer, observer
        self._focus, self._stats, self._budget = -1, GradientStats(), Budget(_SHARE, rest=_PERIOD)

    def forget(self) -> None:
        """Measure anew at the next call, whatever that has cost before."""
        self._focus = -1

    def __call__(self, focus: int) -> GradientStats:
        """The figures of a replica."""
        if focus != self._focus:
            self._focus, self._budget = focus, Budget(_SHARE, rest=_PERIOD)
        if self._budget.ready:
            with self._budget.spend():
                self._stats = measure(self.trainer, self.observer, focus)
        return self._stats


def measure(trainer: Trainer, observer: Observer, focus: int) -> GradientStats:
    """Size of the true gradient (in closed form, or on the probe), size of a minibatch's deviation from it, and the
    length of the next step over that of the parameters (NaN for optimizers that torch keeps)."""
    step, device = trainer.training_step, observer.device
    own_state, own_inputs, own_seed = trainer.one(focus)
    state, step_inputs = moved_to(device, own_state), moved_to(device, own_inputs)
    streams = Streams.of(own_seed.to(device), counter_of(trainer.experiment, device))
    count = max(2, min(BATCHES, _WORK // (trainer.experiment.samples * step.layout.size)))
    steps = torch.arange(trainer.done, trainer.done + count, device=device).unsqueeze(-1)
    batches = step.sampler.batch(streams, steps, step_inputs)

    def gradient(batch: Batch, dropout: Stream | None = None) -> Tensor:
        observer.preemption.check()
        return step.gradient(state["parameters"], batch, dropout)[0]

    draws = [gradient(batches[number], step.dropout(streams, steps[number])) for number in range(count)]
    if observer.expected is not None:
        omega = state["parameters"][:, 0].cpu().double().numpy()
        true = torch.as_tensor(observer.expected.gradient(omega)).unsqueeze(-1)
    else:
        probe = observer.probe.part(512)
        whole = Batch(probe.x.unsqueeze(0), probe.y.unsqueeze(0))
        true = gradient(whole).double()
    drawn = torch.cat(draws).double()
    noise = drawn.sub(drawn.mean(0)).square().sum() / (count - 1)
    ratio = float("nan")
    if isinstance(trainer.experiment.optimizer, ElementWise):
        moved = step.update(state, draws[0], step.rates(step_inputs, steps[0, 0]))["parameters"] - state["parameters"]
        ratio = float(moved.norm() / state["parameters"].norm().clamp_min(1e-30))
    return GradientStats(float(true.norm()), float(noise.sqrt()), ratio, trainer.done)
