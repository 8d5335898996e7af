"""`presets`, `show` and `check`: what there is to train, without training it."""

import json
from pathlib import Path

import click

from periodic_tui.cli.command import command
from periodic_tui.cli.say import columns, complain, say
from periodic_tui.cli.warn import warn
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import built_in, dump, load


@command("presets")
@click.option("--json", "as_json", is_flag=True, help="As a JSON list of objects.")
def presets(as_json: bool) -> None:
    """List the built-in presets: name, title, source, outcome."""
    rows = built_in()
    if as_json:
        say(*json.dumps([row._asdict() for row in rows], indent=2).split("\n"))
    else:
        say(*columns(rows))


@command("show")
@click.argument("preset")
def show(preset: str) -> None:
    """Print a preset as TOML with every default resolved."""
    _, experiment = load(preset)
    say(*dump(experiment).rstrip("\n").split("\n"))


@command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
def check(files: tuple[str, ...]) -> int:
    """Validate presets, tables or a config.toml; one line for each problem. Warnings leave the exit code at 0."""
    problems = [line for file in files for line in _problems(file)]
    if problems:
        complain(*problems, err=False)
    return 2 if problems else 0


def _problems(file: str) -> list[str]:
    from periodic_tui.cli import config

    try:
        if file not in BUILT_IN and config.is_config(Path(file)):
            config.read(Path(file))
            return []
        _, experiment = load(file)
    except PresetError as error:
        return error.lines
    warn(file, experiment)
    return []
