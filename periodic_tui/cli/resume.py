"""`resume`: go on with a recorded run, on the screen or without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from periodic_tui.cli.command import NAME, command
from periodic_tui.cli.config import config_option
from periodic_tui.cli.dashboard import trained_on_screen
from periodic_tui.cli.options import GLYPHS, MODEL, THREADS, overrides
from periodic_tui.cli.recording import gone_on_with, library
from periodic_tui.cli.train import plan_of, timed, trained
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.headless import Plan
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.ui.terminal.line import has_terminal

if TYPE_CHECKING:
    from periodic_tui.engine.experiment import Experiment
    from periodic_tui.engine.recording.recording import Recording
    from periodic_tui.engine.session import Session
    from periodic_tui.presets.program import Program


@command("resume")
@click.argument("run", required=False)
@config_option
@click.option("--headless", is_flag=True, help="Without a screen, as `train`.")
@click.option("--json", "as_json", is_flag=True, help="The same, with JSON Lines on stdout.")
@click.option("--steps", type=int, metavar="N", help="Without a screen: steps in all, in the place of the plan's.")
@THREADS
@MODEL
@GLYPHS
def resume(
    run: str | None,
    headless: bool,
    as_json: bool,
    steps: int | None,
    threads: int | None,
    module: Program | None,
    glyphs: str,
) -> int:
    """Go on with the recording RUN, a name from `runs` or a folder; without RUN with the last one that has stopped."""
    from periodic_tui.presets.program import named_again
    from periodic_tui.presets.recorded import check_trained_here, recorded

    recording = library().find(run) if run else _last()
    check_trained_here(recording)
    if recording.being_written:
        name = recording.folder.name
        raise Refused(f"{name} is being written by another process; `{NAME} replay {name}` follows it")
    name, experiment = recorded(recording, overrides((), steps=steps))
    experiment = named_again(recording.folder.name, experiment, module)
    if headless or as_json or steps is not None:
        return _without_screen(recording, name, experiment, as_json, steps, threads)
    return _on_screen(recording, name, experiment, threads, glyphs)


def _last() -> Recording:
    from periodic_tui.engine.recording.recording import Recording

    for entry in library().runs():
        if not (entry.being_written or entry.about.script):
            return Recording(entry.folder)
    raise Refused(f"there is no recording to go on with; `{NAME} runs` lists them")


def _without_screen(
    recording: Recording, name: str, experiment: Experiment, as_json: bool, steps: int | None, threads: int | None
) -> int:
    from periodic_tui.engine.recorded_runner import RecordedRunner
    from periodic_tui.presets.files import load

    runner = RecordedRunner(load, name, experiment, **_as_recorded(recording, threads))
    return trained(runner, plan_ahead(recording, experiment, steps), name, as_json, elapsed=recording.status.seconds)


def _as_recorded(recording: Recording, threads: int | None) -> dict[str, Any]:
    """What runs on: with the device, the engine and, if none are asked for, the threads that it had."""
    about = recording.about
    return {
        "device": about.device,
        "engine": about.engine,
        "threads": threads or about.threads,
        "presets": BUILT_IN,
        "recorder_for": gone_on_with(recording),
        "resumed": recording,
    }


def plan_ahead(recording: Recording, experiment: Experiment, steps: int | None = None) -> Plan:
    """What the run was to do, or `steps` in all, as far as that is to come: each command of the plan has left one line
    in the journal."""
    from periodic_tui.engine.recording.course import course_to

    asked = recording.about.plan
    if asked is None:
        return plan_of(experiment, steps)
    reached = course_to(recording).step
    applied = sum(line.step == reached for line in recording.journal())
    commands = [timed(text) for text in asked.at]
    now = [each for each in commands if each[0] == reached][applied:]
    later = [each for each in commands if each[0] > reached]
    steps = asked.steps if steps is None else steps
    return plan_of(experiment, steps, asked.seconds, asked.every, (*now, *later))


def _on_screen(recording: Recording, name: str, experiment: Experiment, threads: int | None, glyphs: str) -> int:
    from periodic_tui.ui.screens.opening import Opening

    if not has_terminal():
        raise Refused("the dashboard needs a terminal; --headless goes on without one")

    def opened() -> Session:
        from periodic_tui.engine.session import Session
        from periodic_tui.presets.files import load

        return Session(load, name, experiment, watched=True, **_as_recorded(recording, threads))

    return trained_on_screen(Opening(name, experiment.title, experiment.story), opened, glyphs)
