"""Trains the population of one cell as `train` does, and tells what became of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.headless import Headless, Plan
from periodic_tui.engine.verdicts.rules import CODES
from periodic_tui.sweeping.job import Job
from periodic_tui.sweeping.result import CellResult, Ending, Failure, Quartiles
from periodic_tui.sweeping.version import code_version

if TYPE_CHECKING:
    from periodic_tui.engine.runner import Runner

_NAME = "the cell"


def train(job: Job) -> Ending:
    """Train a job's population in this process, on one thread."""
    began = time.perf_counter()
    if job.code != code_version():
        return Failure("the worker has another version of the program or of torch", crashed=True)
    experiment = Experiment.model_validate(job.experiment)
    plan = Plan.of_steps(experiment.training.steps, tuple((step, parse(words)) for step, words in job.commands))
    try:
        runner = _opened(job, experiment)
        foretold = None if job.commands else runner.current.measured.judge.foretold()
        status = Headless(runner, plan, lambda report, rate: None).run()
        return _told(runner, status, foretold, time.perf_counter() - began)
    except Refused as reason:
        return Failure(str(reason))


def _opened(job: Job, experiment: Experiment) -> Runner:
    """The runner at step 0. Raises Refused."""
    from periodic_tui.engine.runner import Runner

    def opened(engine: str) -> Runner:
        runner = Runner(_nothing_else, _NAME, experiment, device="cpu", engine=engine, threads=1)
        runner.open()
        return runner

    if job.engine != "auto":
        return opened(job.engine)
    try:
        return opened("compiled")
    except Refused:  # what has another cause is refused by the eager engine, too
        return opened("eager")


def _nothing_else(preset: str) -> tuple[str, Experiment]:
    raise ValueError("a cell of a sweep loads no other preset")


def _told(runner: Runner, status: str, foretold: tuple[float, float, Mask] | None, seconds: float) -> CellResult:
    summary = runner.summary()
    measured = runner.current.measured
    population, first = measured.population, measured.judge.solved_first
    arrived = first[population.codes == CODES.index("solved")]
    basin, limit, inside = foretold or (None, None, None)
    return CellResult(
        status=status,
        steps=summary["steps"],
        engine=summary["engine"],
        outcomes=summary["outcomes"],
        loss=quartiles(population.losses),
        steps_to_solved=float(np.median(arrived)) if len(arrived) else None,
        basin=basin,
        lr_limit=limit,
        foretold=None if inside is None else float(np.mean(inside)),
        seconds=seconds,
    )


def quartiles(values: Floats) -> Quartiles:
    """Three of the values: at a quarter, half and three quarters of their order, in which what is not finite comes
    last."""
    finite = np.where(np.isfinite(values), values, np.inf)
    found = np.quantile(finite, (0.25, 0.5, 0.75), method="nearest").tolist()
    lower, median, upper = (value if np.isfinite(value) else None for value in found)
    return lower, median, upper
