"""The program without a subcommand: the dashboard."""

from __future__ import annotations

import sys
import traceback

import click

from periodic_tui.cli.command import NAME, command, fail
from periodic_tui.cli.options import overrides, run_options
from periodic_tui.engine.commands import Refused
from periodic_tui.preset_files import BUILT_IN, Override, built_in, load


@command(NAME)
@click.argument("preset", default=BUILT_IN[0])
@run_options
@click.option("--fps", type=click.IntRange(1, 120), default=10, metavar="N", help="Frames a second at most.")
@click.option(
    "--glyphs", type=click.Choice(["auto", "braille", "ascii"]), default="auto", help="Characters of the plots."
)
@click.option("--paused", is_flag=True, help="Begin with training paused.")
def dashboard(
    preset: str,
    device: str,
    engine: str,
    seed: int | None,
    replicas: int | None,
    settings: list[Override],
    fps: int,
    glyphs: str,
    paused: bool,
) -> int:
    """Train PRESET on the screen: a built-in's name (sine-31 if none is given) or a path to a .toml file."""
    name, experiment = load(preset, overrides(settings, seed=seed, replicas=replicas))
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return fail(f"{NAME}: the dashboard needs a terminal; `{NAME} train {name}` trains without one")
    from periodic_tui.engine.session import Session
    from periodic_tui.ui.run import run_dashboard

    session = Session(load, name, experiment, device=device, engine=engine, paused=paused)
    code = run_dashboard(session, built_in(), fps=fps, glyphs=glyphs)
    if isinstance(session.failure, Refused):
        return fail(f"{NAME}: {session.failure}")
    if session.failure:
        traceback.print_exception(session.failure)
    return code
