"""What is found of one replica: in full, or at a glance for the live screen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from periodic_tui.engine.arrays import Counts, Floats
from periodic_tui.engine.diagnostics import Reading
from periodic_tui.engine.run import Run
from periodic_tui.engine.snapshot import GradientStats, Layer, Verdict
from periodic_tui.engine.verdicts.rules import CODES


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Of one replica."""

    focus: int
    """Its index."""
    reading: Reading
    """Its alone."""
    verdict: Verdict
    layers: tuple[Layer, ...]
    gradient_stats: GradientStats
    """NaN where it was not measured: for the live screen only."""


def findings_of(run: Run, focus: int) -> Diagnosis:
    """Every figure of this very step."""
    reading = run.reading().one(focus)
    return Diagnosis(focus, reading, *run.judge.verdict(reading, focus), GradientStats())


def glance_at(run: Run, focus: int) -> Diagnosis:
    """The replica as it is; of the others a few are read anew. The verdict waits before it changes its mind."""
    part = slice(focus, focus + 1)
    reading = _read(run, part)
    _look_for_deaths(run, focus, reading)
    stats = run.instruments.gradient_stats(focus)
    found, layers = run.judge.verdict(reading, focus, live=True, gradient=(stats.gradient, stats.noise))
    run.population.put(part, run.step, reading.loss, np.array([CODES.index(found.code)]))
    if len(run.population.codes) > 1:
        run.population.sweep(run.step, partial(_sweep, run))
    else:
        run.population.note(run.step)
    return Diagnosis(focus, reading, run.steady(found, focus), layers, stats)


def _read(run: Run, part: slice) -> Reading:
    reading = run.observer.read(run.trainer.parameters_of(part), brief=True)
    run.probe_history.add(run.step, reading.loss[None], part)
    return reading


def _sweep(run: Run, part: slice) -> tuple[Floats, Counts]:
    """Losses and codes of some replicas."""
    reading = _read(run, part)
    return reading.loss, run.judge.codes(reading, part, live=True)


def _look_for_deaths(run: Run, focus: int, reading: Reading) -> None:
    activity = tuple(units.activity[0] for units in reading.units)
    run.note_deaths(run.instruments.deaths.look(focus, activity, reading.points, again=run.treatment is None))
