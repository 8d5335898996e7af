"""`train`: the same training without a screen."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from periodic_tui.cli.command import command
from periodic_tui.cli.config import config_option
from periodic_tui.cli.interruption import Interruption
from periodic_tui.cli.options import MODEL, overrides, run_options
from periodic_tui.cli.recording import library, record_options, recorder_for
from periodic_tui.cli.repetition import repetition_of
from periodic_tui.cli.say import say
from periodic_tui.cli.warn import warn
from periodic_tui.engine.commands.base import Command, parse
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.headless import Headless, Plan, Timed, usual_every
from periodic_tui.engine.overrides import Override
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from periodic_tui.presets.program import Program

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from periodic_tui.engine.recorded_runner import RecordedRunner
    from periodic_tui.engine.recording import recording

INTERRUPTED = 130
"""Exit code."""
TICKS = 1000
"""Resolution of the progress bar."""


def timed(text: str) -> Timed:
    """A command and its step, as `--at` has it."""
    step, colon, words = text.partition(":")
    if not (colon and step.isascii() and step.isdigit() and len(step) < 19):
        raise click.BadParameter(f"expected STEP:COMMAND, got {text!r}")
    return int(step), _command(words)


def _command(words: str) -> Command:
    try:
        parsed = parse(words)
    except ValueError as problem:
        raise click.BadParameter(str(problem)) from None
    if parsed.waits:
        raise click.BadParameter(f"train never waits, so {words!r} means nothing here")
    return parsed


def _finite(context: click.Context, param: click.Parameter, value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise click.BadParameter(f"expected a finite number from 0, got {value}")
    return value


@command("train")
@click.argument("preset", required=False)
@config_option
@run_options
@MODEL
@click.option(
    "--steps", type=int, metavar="N", help="Steps in all, by default as the preset says; 0 reports the initial state."
)
@click.option(
    "--seconds",
    type=float,
    callback=_finite,
    metavar="S",
    help="Time in all; alone it lifts the preset's number of steps.",
)
@click.option("--every", type=click.IntRange(1), metavar="N", help="Steps between snapshots; by default there are 20.")
@click.option("--at", "commands", type=timed, multiple=True, metavar="STEP:COMMAND", help="Do it after STEP steps.")
@click.option("--from-journal", "again", metavar="RUN", help="Repeat a recorded run, with its commands.")
@click.option("--json", "as_json", is_flag=True, help="Snapshots and summary as JSON Lines on stdout.")
@click.option("--plot", is_flag=True, help="Draw the losses in the end.")
@record_options
def train(
    preset: str | None,
    device: str,
    engine: str,
    threads: int | None,
    seed: int | None,
    replicas: int | None,
    settings: tuple[Override, ...],
    module: Program | None,
    steps: int | None,
    seconds: float | None,
    every: int | None,
    commands: tuple[Timed, ...],
    again: str | None,
    as_json: bool,
    plot: bool,
    record: str | None,
    no_record: bool,
) -> int:
    """Train PRESET without a screen: progress on stderr, a summary on stdout."""
    from periodic_tui.engine.recorded_runner import RecordedRunner

    changes = overrides(settings, seed=seed, replicas=replicas, steps=steps)
    if again is not None and preset is None:
        run = repetition_of(library().find(again), changes, module)
        name, experiment, device, engine = run.name, run.experiment, run.device, run.engine
        threads = threads or run.threads
        steps = run.steps if steps is None else steps
        commands = (*(timed for timed in run.commands if timed[0] <= steps), *commands)
    elif preset is not None and again is None:
        name, experiment = load(preset, changes, module)
    else:
        raise click.UsageError("expected either a PRESET or --from-journal RUN")
    warn(name, experiment, err=True)
    plan = plan_of(experiment, steps, seconds, every, commands)
    recorder = recorder_for(record, no_record, device, engine, threads, as_recorded(plan))
    runner = RecordedRunner(
        load, name, experiment, device=device, engine=engine, threads=threads, presets=BUILT_IN, recorder_for=recorder
    )  # fmt: skip
    return trained(runner, plan, name, as_json, plot)


def trained(
    runner: RecordedRunner, plan: Plan, name: str, as_json: bool, plot: bool = False, elapsed: float = 0.0
) -> int:
    """Train by the plan and report; `elapsed`: seconds of training before. Returns the exit code."""
    from periodic_tui.cli import report

    tell = report.print_snapshot if as_json else lambda report, rate: None
    with Interruption(runner.stop) as interruption, _progress(hidden=as_json and sys.stdout.isatty()) as progress:
        run = Headless(runner, plan, tell, progress, lambda: interruption.wished)
        try:
            runner.waiting = progress.build
            runner.open()
            runner.settle(plan.steps, plan.seconds)
            status = run.run(runner.step, elapsed)
            runner.close(status)
        except Refused:
            if interruption.wished:  # a build that was waited for
                return INTERRUPTED
            raise
        finally:
            runner.close()
    if runner.unrecorded:
        say(f"{name}: {runner.unrecorded}", err=True)
    taken = run.done - run.began
    rate = taken / (run.elapsed - elapsed) if taken else 0.0
    figures = {"status": status, "seconds": run.elapsed, "steps_per_second": rate}
    report.print_summary(runner.summary() | figures, as_json)
    if plot:
        report.print_plot(runner.snapshot(), err=as_json)
    return INTERRUPTED if status == "interrupted" else 0


def plan_of(
    experiment: Experiment,
    steps: int | None = None,
    seconds: float | None = None,
    every: int | None = None,
    commands: tuple[Timed, ...] = (),
) -> Plan:
    """What a command line asks for. `--seconds` without `--steps` lifts the preset's number of steps; snapshots go by
    time then."""
    limit = experiment.training.steps if steps is None and seconds is None else steps
    for step, timed in commands:
        if limit is not None and step > limit:
            raise click.UsageError(f"--at {step}:{timed.words} is later than the last step, {limit:,}")
    if every is None and limit is not None:
        every = usual_every(limit)
    return Plan(limit, every, seconds, commands)


def as_recorded(plan: Plan) -> recording.Plan:
    """The plan as a recording tells it."""
    from periodic_tui.engine.recording import recording

    at = tuple(f"{step}:{timed.words}" for step, timed in plan.commands)
    return recording.Plan(plan.steps, plan.seconds, plan.every, at)


class Progress:
    """What is told on stderr while one waits; this one tells nothing."""

    def __call__(self, share: float) -> None:
        """So much of the run is done."""

    def build(self, left: float) -> None:
        """The step is being compiled, and so many seconds are left of that."""


class _Bar(Progress):
    def __init__(self, bar: ProgressBar[int]) -> None:
        self._bar = bar

    def __call__(self, share: float) -> None:
        self._bar.label = ""
        self._bar.update(int(share * TICKS) - self._bar.pos)

    def build(self, left: float) -> None:
        self._bar.label = f"compiling the step, {left:.0f} s left" if left else "compiling the step"
        self._bar.render_progress()


@contextmanager
def _progress(hidden: bool) -> Iterator[Progress]:
    """A progress bar on stderr, where that is a terminal."""
    if hidden or not sys.stderr.isatty():
        yield Progress()
        return
    with click.progressbar(length=TICKS, file=sys.stderr) as bar:
        yield _Bar(bar)
