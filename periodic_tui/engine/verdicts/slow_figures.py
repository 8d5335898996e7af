"""Figures that take too long to be measured for every picture: sharpness, and units of the wrong sign."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from periodic_tui.engine.arrays import Counts, Floats, Mask
from periodic_tui.engine.diagnostics import Observer
from periodic_tui.engine.recording.attributes import kept, put_back
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.training.torch_trees import tensor
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.verdicts.evidence import Evidence
from periodic_tui.engine.verdicts.rules import undecided

SHARE = 0.001
"""Of the time: so much may go into one figure while the screen is live, …"""
TOGETHER = 0.003
"""… and into all of them, beyond so many seconds that may be spent at once; for then one waits for the other."""
CREDIT = 0.03
SATURATED = 0.5
"""Share of a layer's units that are at their ends, from which it is asked how that came about."""
_THROWN = 2.0
"""A model without a frequency was thrown out where its loss is so many times its lowest."""
_VALUES = ("values", "_turn")
_STABILITY = ("_here", "_best", "_first", "_is_inside", "_was_inside", "_lowest")


class Part(Budget):
    """The budget of one figure, which draws on that of all."""

    def __init__(self, whole: Budget, clock: Callable[[], float] = time.perf_counter) -> None:
        super().__init__(SHARE, clock)
        self._whole = whole

    @property
    def ready(self) -> bool:
        return super().ready and self._whole.credit(CREDIT) > 0

    def took(self, started: float, ended: float) -> None:
        super().took(started, ended)
        self._whole.took(started, ended)


class Budgets(defaultdict[str, Budget]):
    """A budget for each figure by its name; they outlive the figures, which begin anew with every command."""

    def __init__(self) -> None:
        self._whole = Budget(TOGETHER)
        super().__init__(lambda: Part(self._whole))

    @property
    def worked(self) -> float:
        """Seconds of the thread's own time that were spent so far."""
        return sum(part.worked for part in self.values())


class SlowFigure:
    """Keeps the last value of a figure for every replica; NaN where it was never measured."""

    def __init__(self, replicas: int, budget: Budget, columns: tuple[int, ...] = ()) -> None:
        """`budget`: of the figure, whatever else begins anew; `columns`: where it is several numbers, how many."""
        self.values: Floats = np.full((replicas, *columns), np.nan)
        self._turn = np.zeros(replicas, dtype=np.int64)
        self._budget = budget

    def remembered(self) -> Tree:
        """The values."""
        return kept(self, _VALUES)

    def recall(self, tree: Tree) -> None:
        """Hold another one's values. Raises NotReadable."""
        put_back(self, _VALUES, tree)

    def update(self, rows: Counts, measure: Callable[[Counts], Floats], live: bool) -> None:
        """Measure these replicas anew; `live`: only the one whose value is oldest, and only if the time has come."""
        if not len(rows) or (live and not self._budget.ready):
            return
        if live:
            rows = rows[[self._turn[rows].argmin()]]
        with self._budget.spend():
            self.values[rows] = measure(rows)
        self._turn[rows] = self._turn.max() + 1


class Stability:
    """The sharpness of every replica where it is, and at its best place so far: in the answer's basin, or, for models
    without a frequency, where the loss was lowest."""

    def __init__(self, trainer: Trainer, budgets: Budgets) -> None:
        experiment, replicas = trainer.experiment, len(trainer.seeds)
        self.trainer = trainer
        self._here, self._best, self._first = (
            SlowFigure(replicas, budgets[name]) for name in ("sharpness", "best sharpness", "first sharpness")
        )
        self._start = trainer.parameters
        self._is_inside = self._was_inside = np.zeros(replicas, dtype=bool)
        self._lowest = np.full(replicas, np.inf)
        needed = experiment.optimizer.plain_gradient_descent and experiment.model.frequency_parameter is None
        self._best_parameters = trainer.parameters.clone() if needed else None

    def remembered(self) -> Tree:
        """Where everybody was, and how low."""
        best = self._best_parameters
        return kept(self, _STABILITY) | {
            "start": self._start.cpu().numpy(),
            "best": None if best is None else best.cpu().numpy().copy(),
        }

    def recall(self, tree: Tree) -> None:
        """Know what another one did. Raises NotReadable."""
        put_back(self, _STABILITY, tree)
        self._start = tensor(tree, "start", self._start)
        if self._best_parameters is not None:
            self._best_parameters = tensor(tree, "best", self._best_parameters)

    def note_inside(self, inside: Mask) -> None:
        """Which replicas `[replicas]` are inside the answer's basin now."""
        self._is_inside, self._was_inside = inside, self._was_inside | inside

    def note_loss(self, rows: Counts, loss: Floats) -> None:
        """The present losses of these replicas."""
        if self._best_parameters is not None:
            lower = loss < self._lowest[rows]
            where = rows[lower]
            self._lowest[where], self._best.values[where] = loss[lower], np.nan
            self._best_parameters[where] = self.trainer.parameters_of(where)

    def add_to(self, evidence: Evidence, rows: Counts, observer: Observer, live: bool, everyone: bool = False) -> None:
        """Enter both into the evidence, for those whose verdict can depend on them, or for everyone."""
        if not self.trainer.experiment.optimizer.plain_gradient_descent:
            return
        open_ = np.ones(len(rows), dtype=bool) if everyone else undecided(evidence, "step-too-large")
        live = live and observer.expected is None
        here, lr = self.trainer.parameters_of, self.trainer.rates
        self._here.update(rows[open_], lambda some: observer.sharpness_at(here(some), lr[some]), live)
        evidence.sharpness[:] = self._here.values[rows]
        self._add_start(evidence, rows, observer, live)
        best = self._best_parameters
        if best is None:
            evidence.best_sharpness[self._was_inside[rows] & ~self._is_inside[rows]] = evidence.answer_sharpness
            return
        thrown = open_ & (evidence.loss > _THROWN * self._lowest[rows])
        unknown = thrown & np.isnan(self._best.values[rows])
        self._best.update(rows[unknown], lambda some: observer.sharpness_at(best[some], lr[some]), live)
        evidence.best_sharpness[thrown] = self._best.values[rows[thrown]]

    def _add_start(self, evidence: Evidence, rows: Counts, observer: Observer, live: bool) -> None:
        """Enter the sharpness at the start of those whose units have come to their ends."""
        ended = (evidence.saturated >= SATURATED) | (evidence.dead_layer >= 0)
        lr, unknown = self.trainer.rates, ended & np.isnan(self._first.values[rows])
        self._first.update(rows[unknown], lambda some: observer.sharpness_at(self._start[some], lr[some]), live)
        evidence.start_sharpness[ended] = self._first.values[rows[ended]]
