"""The program without a subcommand: the dashboard."""

from __future__ import annotations

import os
import shlex
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from periodic_tui.cli.command import NAME, command, fail
from periodic_tui.cli.config import config_option, of_this_command
from periodic_tui.cli.options import GLYPHS, MODEL, MOST_FRAMES, overrides, run_options
from periodic_tui.cli.recording import record_options, recorder_for, recordings, run_of
from periodic_tui.cli.say import say
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.overrides import Override
from periodic_tui.engine.recording.home import state_folder
from periodic_tui.presets.builtin import BUILT_IN, Listed, title_and_story
from periodic_tui.ui.terminal.line import has_terminal

if TYPE_CHECKING:
    from periodic_tui.engine.session import Session
    from periodic_tui.engine.snapshot import Snapshot
    from periodic_tui.presets.program import Program
    from periodic_tui.ui.app import OpenSession
    from periodic_tui.ui.child import Child
    from periodic_tui.ui.screens.opening import Opening
    from periodic_tui.ui.settings import Settings

FPS = 10
"""Frames a second, where nothing else is asked for."""


@command(NAME)
@click.argument("preset", default=BUILT_IN[0])
@config_option
@run_options
@MODEL
@click.option("--fps", type=click.IntRange(1, MOST_FRAMES), default=FPS, metavar="N", help="Frames a second at most.")
@GLYPHS
@click.option("--paused", is_flag=True, help="Begin with training paused.")
@record_options
def dashboard(
    preset: str,
    seed: int | None,
    replicas: int | None,
    settings: Sequence[Override],
    module: Program | None,
    glyphs: str,
    record: str | None,
    no_record: bool,
    **options: Any,
) -> int:
    """Train PRESET on the screen: a built-in's name (sine-31 if none is given), or the path of a .toml file, or of
    a .csv table, whose last column is learned from the others."""
    changes = overrides(settings, seed=seed, replicas=replicas)
    opening = _opening(preset, changes, module)
    recorder = recorder_for(record, no_record, options["device"], options["engine"], options["threads"])
    if not (has_terminal() or "TEXTUAL_DRIVER" in os.environ):
        raise Refused(f"the dashboard needs a terminal; `{NAME} train {opening.preset}` trains without one")

    def opened() -> Session:
        from periodic_tui.engine.session import Session
        from periodic_tui.presets.files import load

        name, experiment = load(preset, changes, module)
        return Session(load, name, experiment, presets=BUILT_IN, watched=True, recorder_for=recorder, **options)

    return trained_on_screen(opening, opened, glyphs, options["fps"])


def trained_on_screen(opening: Opening, opened: Callable[[], Session], glyphs: str = "auto", fps: float = FPS) -> int:
    """Show a run that trains until the user quits, and leave a line on the shell that says what ran and where it is;
    returns the exit code."""
    sessions: list[Session] = []

    def open_session() -> tuple[Session, Sequence[Listed]]:
        from periodic_tui.presets.files import built_in

        sessions.append(opened())
        return sessions[0], built_in()

    code = shown(opening, open_session, glyphs, fps=fps)
    if sessions and not code:
        say(*_parting(sessions[0].latest()), err=True)
    return code


def _parting(last: Snapshot) -> Iterator[str]:
    verdict = f": {last.verdict.text}" if last.verdict.text else ""
    yield f"{NAME}: {last.preset} after {last.step:,} steps{verdict}"
    if last.recording:
        yield f"{NAME} resume {shlex.quote(run_of(Path(last.recording)))}"


def shown(
    opening: Opening,
    open_session: OpenSession,
    glyphs: str = "auto",
    child: Child | None = None,
    fps: float = FPS,
    **options: Any,
) -> int:
    """Show a run until the user quits, with options of `run_dashboard`; returns the exit code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever interrupts an import, or the end, gets no traceback
    from periodic_tui.ui.launch import run_dashboard

    code, failure = run_dashboard(opening, open_session, _settings(glyphs, fps), recordings, child, **options)
    if isinstance(failure, Refused):
        return fail(f"{NAME}: {failure}")
    if failure:
        say(*"".join(traceback.format_exception(failure)).splitlines(), err=True)
    return code


def _settings(glyphs: str, fps: float) -> Settings:
    """How the user wants the screen."""
    from periodic_tui.ui.memory import Memory
    from periodic_tui.ui.settings import Settings

    config = of_this_command()
    try:
        memory = Memory(state_folder() / "screen.json")
    except Refused:
        memory = Memory()
    return Settings(config.keys, config.defaults.get("theme", ""), glyphs, fps, memory)


def _opening(preset: str, changes: Sequence[Override], module: Program | None) -> Opening:
    """What the first frame says. Bad input is found here, before the screen opens; a built-in preset as it stands
    needs no such check."""
    from periodic_tui.ui.screens.opening import Opening

    if preset in BUILT_IN and not changes and not module:
        return Opening(preset, *title_and_story(preset))
    from periodic_tui.presets.files import load

    name, experiment = load(preset, changes, module)
    return Opening(name, experiment.title, experiment.story)
