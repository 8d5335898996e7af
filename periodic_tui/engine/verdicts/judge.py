"""From readings to verdicts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from periodic_tui.engine.arrays import Counts, Floats, Mask
from periodic_tui.engine.components.domain import Domain
from periodic_tui.engine.components.losses import LOSSES
from periodic_tui.engine.components.targets import Target
from periodic_tui.engine.diagnostics import Observer, Reading
from periodic_tui.engine.diagnostics.certified import never_active
from periodic_tui.engine.diagnostics.layers import layers_of
from periodic_tui.engine.diagnostics.probe import Probe
from periodic_tui.engine.diagnostics.samples import Samples, contradiction, samples_of
from periodic_tui.engine.diagnostics.wrong_sign import wrong_signs_at
from periodic_tui.engine.recording.attributes import kept, put_back
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.snapshot import Baselines, GradientStats, Layer, Verdict
from periodic_tui.engine.training.history import History
from periodic_tui.engine.training.sampling import Batch
from periodic_tui.engine.training.torch_trees import tensor
from periodic_tui.engine.training.trainer import Trainer
from periodic_tui.engine.verdicts.evidence import Evidence, Trend, gathered, in_common
from periodic_tui.engine.verdicts.examination import Examination
from periodic_tui.engine.verdicts.goal import Goal
from periodic_tui.engine.verdicts.loss_trend import LossTrend
from periodic_tui.engine.verdicts.rules import causes_of, first_of, undecided
from periodic_tui.engine.verdicts.rules.outcome import is_solved
from periodic_tui.engine.verdicts.slow_figures import Budgets, SlowFigure, Stability

_PRODUCTS, _NUMBERS = 1 << 26, 1 << 22
"""Products, and activations, of a reading that takes some 10 ms."""

_MEMORY = ("trend", "_stability", "_wrong_signs", "_placed", "_examination", "_solved_at")
_POINT, _SAMPLE = 100, 64
"""Products that a point of the probe, and a sample of a step, cost besides those with the parameters."""
_CHEAP, _CHEAP_ALONE, _FEWEST_POINTS = 1 / 64, 1 / 16, 256
"""The trend is told on as many points as take so much effort, of a single replica more, but not on fewer."""
_AT_ONCE = 64
"""Replicas whose signs are looked at together."""
_FEWEST_BATCHES = 20
"""Steps in a fifth of a run from which the mean of their losses tells a trend."""


class Judge:
    """Judges the replicas of a run."""

    def __init__(self, trainer: Trainer, observer: Observer, batches: History | None = None) -> None:
        """`batches`: the minibatch losses, where they are kept."""
        self.trainer, self._batches = trainer, batches
        self._asked: tuple[Target, Domain] | None = None
        self._solved_at = np.full(len(trainer.seeds), np.nan)
        self.solved_first = np.full(len(trainer.seeds), np.nan)
        """The first step `[replicas]` at which each was seen to be solved, NaN where it was not; a run that is taken up
        again knows only what it has seen itself."""
        self._start, self.budgets = trainer.parameters, Budgets()
        self.observe(observer)
        self.trend = LossTrend(min(self.effort(len(trainer.seeds)), 2 * self.steps_of(len(self._part.x))))
        self.forget()

    def observe(self, observer: Observer) -> None:
        """Go on with another observer: the experiment has changed. Who solved another question solved nothing."""
        asked = observer.step.experiment.target, observer.step.experiment.domain
        if asked != self._asked:
            self._asked = asked
            self._solved_at[:] = self.solved_first[:] = np.nan
        self.observer = observer
        self._part = observer.probe.part(self._points_of_trend(observer))
        self._goal = Goal(self.trainer, observer)
        self.samples = _samples(observer)
        self._common = in_common(self.trainer.experiment, observer, self.samples)
        self._examination = Examination(self.trainer, observer, self.samples, self._start, self.budgets)
        self.answer, self.basin = self._goal.answer, self._goal.basin

    def forget(self) -> None:
        """The parameters were placed anew: nobody was thrown out of anything, and nothing has been learned."""
        self._start = self.trainer.parameters
        self._examination = Examination(self.trainer, self.observer, self.samples, self._start, self.budgets)
        self._stability = Stability(self.trainer, self.budgets)
        self._wrong_signs = SlowFigure(len(self.trainer.seeds), self.budgets["wrong signs"])
        self._placed = self.trainer.done
        self._solved_at[:] = self.solved_first[:] = np.nan
        self.trend.begin(self._placed)

    def rewind(self, step: int) -> None:
        """Training goes on from an earlier step: what came after it was never seen."""
        self._solved_at[self._solved_at > step] = np.nan
        self.solved_first[self.solved_first > step] = np.nan
        self.trend.rewind(step)

    def remembered(self) -> Tree:
        """What a verdict needs besides the parameters as they are."""
        return kept(self, _MEMORY) | {"start": self._start.cpu().numpy()}

    def recall(self, tree: Tree) -> None:
        """Know what another one did. Raises NotReadable."""
        self._start = tensor(tree, "start", self._start)
        self._examination = Examination(self.trainer, self.observer, self.samples, self._start, self.budgets)
        put_back(self, _MEMORY, tree)

    def basin_now(self, replica: int) -> float | None:
        """The basin's half-width on the range in use: a remedy widens it by narrowing that."""
        if self.basin is None:
            return None
        return float(self._goal.basins(self.trainer.step_inputs, slice(replica, replica + 1))[0])

    def distance(self, reading: Reading, replica: int = 0) -> float:
        """Largest distance of ω from the known answer, of this row of the reading; NaN where there is none."""
        omega = reading.omega[replica : replica + 1]
        if not omega.size or not self.answer.size:
            return math.nan
        return float(self._goal.distance(omega)[0])

    def foretold(self) -> tuple[float, float, Mask] | None:
        """Where closed forms tell whether plain gradient descent arrives: the half-width of the answer's basin on all
        of the training domain, the largest stable step 2/L″, and who `[replicas]` is in the basin now, with a smaller
        step. None for all else."""
        omega, limit = self.frequencies(), 2 / self._goal.sharpness if self._goal.sharpness > 0 else math.nan
        if omega is None or self.basin is None or not self.answer.size or math.isnan(limit):
            return None
        inputs = self.trainer.step_inputs
        inside = self._goal.distance(omega) < self._goal.basins(inputs, slice(None))
        return self.basin, limit, inside & (inputs["lr"].cpu().double().numpy().reshape(len(inside)) < limit)

    def frequencies(self) -> Floats | None:
        """`[replicas, frequencies]` of the present parameters, or None where the model has none."""
        own = self.own_frequencies()
        return None if own is None else own.cpu().double().numpy()

    def own_frequencies(self) -> Tensor | None:
        """The same where they are trained."""
        name = self.trainer.experiment.model.frequency_parameter
        if name is None:
            return None
        return self.trainer.training_step.layout.views(self.trainer.state["parameters"])[name].flatten(1)

    def watch(self, omega: Floats) -> None:
        """Note which replicas are inside the answer's basin, from their frequencies `[replicas, frequencies]`."""
        if self.basin is not None:
            self._stability.note_inside(self._goal.distance(omega) < self.basin)

    def remember(self, step: int) -> Floats:
        """Keep the losses `[replicas]` of this step on the trend's part of the probe, to know later how they fell."""
        losses = self.losses()
        self.trend.remember(step, losses)
        if self.observer.test is None and not self.observer.accuracy.graded:
            self._note_solved(step, losses)
        return losses

    def losses(self, part: slice = slice(None)) -> Floats:
        """Losses `[replicas]` on the part of the probe by which the trend is told: where there are many replicas, or
        wide ones, not all of it."""
        return self.observer.loss(self.trainer.parameters_of(part), self._part)

    def _points_of_trend(self, observer: Observer) -> int:
        points, replicas = len(observer.probe.x), len(self.trainer.seeds)
        cheap = _CHEAP if replicas > 1 else _CHEAP_ALONE
        return max(_FEWEST_POINTS, min(points, int(points * cheap / self.effort(replicas, points))))

    def _note_solved(self, step: int, losses: Floats) -> None:
        """Who is solved by a part of the probe is looked at on all of it, unless that was seen before."""
        below = self.trainer.experiment.training.solved_below
        solved = losses <= below
        if len(self._part.x) < len(self.observer.probe.x):
            rows = np.flatnonzero(solved & np.isnan(self._solved_at))
            solved = np.zeros_like(solved)
            if len(rows):
                solved[rows] = self.observer.loss(self.trainer.parameters_of(rows)) <= below
        self._enter_solved(np.flatnonzero(solved), step)

    def effort(self, replicas: int, points: int | None = None) -> float:
        """About how long the losses of so many replicas take on the probe, or on so many points of it, in 10 ms."""
        each = (points or len(self.observer.probe.x)) * replicas
        units = 1 + sum(self.trainer.experiment.model.hidden_units)
        return each * max(self.trainer.training_step.layout.size / _PRODUCTS, units / _NUMBERS)

    def steps_of(self, points: int) -> float:
        """How many steps of training take about as long as a look at so many points of the probe: by the work of both,
        so that all machines look at the same steps."""
        size, samples = self.trainer.training_step.layout.size, self.trainer.experiment.samples
        return points * (size + _POINT) / (samples * (size + _SAMPLE))

    def evidence(
        self, reading: Reading, part: slice, live: bool = False, settled: bool = False, brief: bool = False
    ) -> Evidence:
        """What is known of the replicas of `part`, whose reading this is.

        `live`: what takes long may be a little old, so that the screen need not wait for it, but once all has
        `settled`, nothing is, except for trials; `brief`: nothing is looked into that takes long. Of a single replica
        all is measured that can be a cause, of several what decides.
        """
        rows = np.arange(len(self.trainer.seeds))[part]
        steps = self.trainer.done - self._placed
        trend = self._trend(reading, part)
        evidence = gathered(self.trainer, self.observer, self._goal, self._common, reading, part, trend, steps)
        self._examination.begin(evidence, rows)
        self._enter_batches(evidence, part, steps)
        evidence.solved_at[:] = self._solved_at[rows]
        self._enter_solved(rows[is_solved(evidence)], self.trainer.done)
        self._stability.note_loss(rows, reading.loss)
        if not brief:
            self._look_into(evidence, rows, live and not settled, live)
        return evidence

    def _trend(self, reading: Reading, part: slice) -> Trend:
        """Median losses before and lately, and how sure they are; where they are told on a part of the probe, as they
        are by the present losses on all of it."""
        if len(self._part.x) == len(self.observer.probe.x):
            return self._fall(reading.loss, part)
        now = self.losses(part)
        found = self._fall(now, part)
        if found is None:
            return None
        known = (now > 0) & np.isfinite(now) & (reading.loss > 0) & np.isfinite(reading.loss)
        scale = np.divide(reading.loss, now, out=np.ones_like(now), where=known)
        return found[0] * scale, found[1] * scale, found[2]

    def _fall(self, now: Floats, part: slice) -> Trend:
        medians = self.trend.medians(self.trainer.done, now, part)
        return medians and (*medians, self.trend.error(self.trainer.done, now, part))

    def _look_into(self, evidence: Evidence, rows: Counts, live: bool, live_trials: bool) -> None:
        alone = len(rows) == 1
        open_, first = undecided(evidence, "no-extrapolation") & ~evidence.good, alone or self.samples.is_table
        if first:
            wanted = open_ if alone else open_ & undecided(evidence, "unpredictable")
            self._examination.look(evidence, rows, wanted, live)
        self._stability.add_to(evidence, rows, self.observer, live, alone)
        wanted = open_ if alone else open_ & undecided(evidence, "step-too-small")
        self._examination.try_steps(evidence, rows, wanted, live_trials)
        if not first:  # what is left decides on the last rules only
            self._examination.look(evidence, rows, open_ & undecided(evidence, "no-bias"), live)
        if self.trainer.experiment.model.hidden_units:
            self._look_for_wrong_signs(evidence, rows, live)

    def _look_for_wrong_signs(self, evidence: Evidence, rows: Counts, live: bool) -> None:
        at_rest = undecided(evidence, "wrong-sign")
        self._wrong_signs.update(rows[at_rest], self._count_wrong_signs, live)
        evidence.wrong_sign[at_rest] = np.nan_to_num(self._wrong_signs.values[rows[at_rest]]).astype(np.int64)

    def _enter_batches(self, evidence: Evidence, part: slice, steps: int) -> None:
        """How the minibatch losses went in the last three fifths of the steps."""
        now, fifth = self.trainer.done, steps // 5
        if self._batches is not None and fifth >= _FEWEST_BATCHES:
            fifths = [(now - (back + 1) * fifth, now - back * fifth, part) for back in range(3)]
            losses = [self._batches.middle(*each) for each in fifths]
            evidence.recent_loss[:], evidence.earlier_loss[:], evidence.oldest_loss[:] = losses
            evidence.batch_error[:] = np.hypot(*(self._batches.error(*each) for each in fifths[:2]))

    def _enter_solved(self, rows: Counts, step: int) -> None:
        self._solved_at[rows] = step
        self.solved_first[rows] = np.fmin(self.solved_first[rows], step)

    def _count_wrong_signs(self, rows: Counts) -> Floats:
        parts = self.trainer.parameters_of(rows).split(_AT_ONCE)
        return np.concatenate([wrong_signs_at(self.observer, part).sum(-1).cpu().double().numpy() for part in parts])

    def codes(self, reading: Reading, part: slice, live: bool = False, brief: bool = False) -> Counts:
        """The index in CODES of each of these replicas' verdict."""
        return first_of(self.evidence(reading, part, live, brief=brief))

    def causes(
        self,
        reading: Reading,
        replica: int,
        live: bool = False,
        settled: bool = False,
        brief: bool = False,
        stats: GradientStats | None = None,
    ) -> tuple[tuple[Verdict, ...], tuple[Layer, ...]]:
        """All verdicts that hold of one replica, in order, and its layers, from its own reading."""
        part = slice(replica, replica + 1)
        evidence = self.evidence(reading, part, live, settled, brief)
        layers = self.layers(reading, part, live or brief, bool(evidence.wrong_sign[0]))
        evidence = replace(evidence, omega=tuple(reading.omega[0].tolist()), layers=layers)
        if stats:
            old = stats.step if stats.step != self.trainer.done else None
            evidence = replace(evidence, gradient=(stats.gradient, stats.noise), measured_at=old)
        return tuple(replace(cause, step=self.trainer.done) for cause in causes_of(evidence)), layers

    def layers(self, reading: Reading, part: slice, live: bool, wrong: bool = False) -> tuple[Layer, ...]:
        """The hidden layers of the one replica whose reading this is; `wrong`: some unit of the last one has the wrong
        sign."""
        parameters, views = self.trainer.parameters_of(part), self.trainer.training_step.layout.by_layer
        certified = never_active(self.trainer.experiment, views(parameters))
        signs = wrong_signs_at(self.observer, parameters) if wrong else None
        return layers_of(reading.units, views(parameters), views(self._start[part]), certified, signs, live)

    def answer_error(self, reading: Reading, replica: int) -> float | None:
        """Largest distance of a frequency from the known answer; None where their numbers differ."""
        error = self.distance(reading, replica)
        return error if math.isfinite(error) and reading.omega.shape[1] == self.answer.size else None


def _samples(observer: Observer) -> Samples:
    """Of the probe, its inputs as the first layer is given them."""
    experiment, probe = observer.step.experiment, observer.probe
    training, is_table = experiment.training, bool(experiment.domain.points)
    target, given = experiment.target, experiment.model.first_inputs(probe.x.cpu().double())
    names = target.column_names("x"), target.column_names("y")
    if not torch.equal(given, probe.x.cpu().double()):
        names = tuple(f"scaled {name}" for name in names[0]), names[1]
    found, last = samples_of(Probe(given, probe.y), names, is_table), _persistence(observer)
    if training.loss == "mse":
        return replace(found, baselines=replace(found.baselines, persistence=last))
    data = contradiction(given, probe.y.cpu(), training.loss, training.huber_delta) if is_table else None
    baselines = Baselines(observer.constant_loss, data=data, persistence=last)
    return Samples(x=found.x, y=found.y, baselines=baselines, rows=found.rows)


def _persistence(observer: Observer) -> float | None:
    """Loss on the probe of the last known values, where inputs hold them and the loss is one of quantities."""
    step, probe = observer.step, observer.probe
    columns = list(step.experiment.target.last_known)
    if not columns or not LOSSES[step.experiment.training.loss].power:
        return None
    return float(step.loss(probe.x[:, columns].double(), Batch(probe.x, probe.y.double())))
