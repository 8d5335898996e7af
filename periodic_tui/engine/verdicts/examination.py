"""What is found out about single networks for their verdict: how they began, what they leave, where another step leads.

All of it but the beginning is costly: live, a little is measured at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Counts, Floats, Mask
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.diagnostics.first_layer import kinks_inside, saturation
from periodic_tui.engine.diagnostics.samples import Samples
from periodic_tui.engine.recording.attributes import kept, put_back
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.slices import finished
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.training.trial import trials
from periodic_tui.engine.training.work import products
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.residuals import FIGURES, Residuals
from periodic_tui.engine.verdicts.slow_figures import Budgets, SlowFigure

LARGER = 10.0
"""A trial goes on with the learning rate and with so many times of it."""
_TRIAL = 0.05
"""Share of the steps so far that a trial takes, …"""
_LONGEST, _WORK = 1_000, 2e9
"""… its most steps, and products of samples and parameters, …"""
_LONGEST_LIVE, _WORK_LIVE = 50, 1e8
"""… and the same while somebody waits; …"""
_FEWEST_LIVE = 5
"""… there is none where the network is too large for so many steps: one or two tell nothing."""
_START: Final = ("start_size", "start_saturated", "start_kinks", "start_weights")
_AT_ONCE = 64
_MEMORY = ("_start", "_started", "_looks", "_trials", "_measured")


class Examination:
    """Examines the replicas of a run from one start of their parameters on."""

    def __init__(self, trainer: Trainer, observer: Observer, samples: Samples, start: Tensor, budgets: Budgets) -> None:
        """`start` `[replicas, parameters]`: where they began."""
        replicas = len(trainer.seeds)
        self._trainer, self._observer, self._first = trainer, observer, start
        self._look = Residuals(observer, samples)
        self._start = np.full((replicas, len(_START)), np.nan)
        self._started = np.zeros(replicas, dtype=bool)
        self._looks = SlowFigure(replicas, budgets["look"], columns=(len(FIGURES),))
        self._trials = SlowFigure(replicas, budgets["trial"], columns=(3,))
        self._measured = {"look": np.full(replicas, -1), "trial": np.full(replicas, -1)}

    def remembered(self) -> Tree:
        """What was found out."""
        return kept(self, _MEMORY)

    def recall(self, tree: Tree) -> None:
        """Know what another one did. Raises NotReadable."""
        put_back(self, _MEMORY, tree)

    def begin(self, evidence: Evidence, rows: Counts) -> None:
        """Enter how these replicas began and how far they have come."""
        new = rows[~self._started[rows]]
        for part in np.array_split(new, -(-len(new) // _AT_ONCE)) if len(new) else ():
            self._start[part] = self._beginning(self._first[part])
        self._started[new] = True
        for name, values in zip(_START, self._start[rows].T, strict=True):
            enter(evidence, name, values)
        now = self._trainer.parameters_of(rows)
        saturated = torch.cat([saturation(self._observer, part).most for part in now.split(_AT_ONCE)])
        enter(evidence, "saturated", saturated.cpu().numpy())
        enter(evidence, "moved", self._least_moved(now, self._first[rows]))

    def _beginning(self, parameters: Tensor) -> Floats:
        found = saturation(self._observer, parameters)
        columns = [found.size, found.first, kinks_inside(self._observer, parameters), self._weights(parameters)]
        return torch.stack([column.cpu().double() for column in columns], -1).numpy()

    def _weights(self, parameters: Tensor) -> Tensor:
        """Rms of the first layer's weights times √inputs: about 0.6 as torch draws them."""
        first = self._trainer.training_step.layout.by_layer(parameters).get("hidden.0.weight")
        if first is None:
            return parameters.new_full((len(parameters),), torch.nan)
        return first.square().mean((1, 2)).sqrt() * math.sqrt(first.shape[-1])

    def _least_moved(self, now: Tensor, start: Tensor) -> Floats:
        """How far the weights that moved most have come, in units of their size at the start."""
        views = self._trainer.training_step.layout.views
        moves = [
            (value - before).flatten(1).norm(dim=1) / before.flatten(1).norm(dim=1).clamp_min(1e-30)
            for (name, value), before in zip(views(now).items(), views(start).values(), strict=True)
            if name.endswith("weight")
        ]
        if not moves:
            return np.full(len(now), np.nan)
        return torch.stack(moves).amax(0).cpu().double().numpy()

    def look(self, evidence: Evidence, rows: Counts, wanted: Mask, live: bool) -> None:
        """Enter what the replicas `wanted` among `rows` leave unexplained."""
        here = self._trainer.parameters_of
        self._update("look", self._looks, rows[wanted], lambda some: self._look(here(some)), live)
        known = self._known("look", rows, live)
        for name, values in zip(FIGURES, self._looks.values[rows].T, strict=True):
            enter(evidence, name, np.where(known, values, np.nan))

    def try_steps(self, evidence: Evidence, rows: Counts, wanted: Mask, live: bool) -> None:
        """Enter how far the losses of the replicas `wanted` fall in a trial, as logarithms of their ratio."""
        if live and _FEWEST_LIVE * products(self._trainer.experiment) > _WORK_LIVE:
            return
        self._update("trial", self._trials, rows[wanted], lambda some: self._falls(some, live), live)
        known = self._known("trial", rows, live)
        for name, values in zip(("fall", "fall_larger", "trial_steps"), self._trials.values[rows].T, strict=True):
            enter(evidence, name, np.where(known, values, np.nan))

    def _falls(self, rows: Counts, live: bool) -> Floats:
        """`[rows, 3]`: ln of the loss now over the loss after a trial, with lr and with ten times lr; and its steps."""
        before, steps = self._observer.loss(self._trainer.parameters_of(rows)), self._trial_steps(len(rows), live)
        trained = trials(self._trainer, rows, (1.0, LARGER), steps)
        after = [self._observer.loss(ends) for ends in finished(trained, self._observer.preemption.check)]
        with np.errstate(divide="ignore", invalid="ignore"):
            falls = np.log(before[:, None] / np.stack(after, -1))
        return np.column_stack([falls, np.full(len(rows), float(steps))])

    def _trial_steps(self, replicas: int, live: bool) -> int:
        longest, work = (_LONGEST_LIVE, _WORK_LIVE) if live else (_LONGEST, _WORK)
        possible = work / (replicas * products(self._trainer.experiment))
        return int(max(1, min(_TRIAL * self._trainer.done, longest, possible)))

    def _update(
        self, name: str, figure: SlowFigure, rows: Counts, measure: Callable[[Counts], Floats], live: bool
    ) -> None:
        step, at = self._trainer.done, self._measured[name]
        old = rows[at[rows] != step]

        def noted(some: Counts) -> Floats:
            found = measure(some)
            at[some] = step
            return found

        figure.update(old, noted, live)

    def _known(self, name: str, rows: Counts, live: bool) -> Mask:
        """Whose figures are of now, or may be old."""
        at = self._measured[name][rows]
        return at >= 0 if live else at == self._trainer.done


def enter(evidence: Evidence, name: str, values: Floats) -> None:
    """Fill a figure of the evidence."""
    getattr(evidence, name)[:] = values
