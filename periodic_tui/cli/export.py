"""`export`: what a recording tells, as files of other programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from periodic_tui.cli.command import command
from periodic_tui.cli.recording import library
from periodic_tui.cli.say import say
from periodic_tui.engine.errors import Refused

if TYPE_CHECKING:
    from periodic_tui.engine.recording.recording import Recording

Files = Mapping[Path, bytes]


def _csv(recording: Recording, path: Path) -> Files:
    from periodic_tui.export.curves import as_csv

    return {path: as_csv(recording, _say)}


def _tensorboard(recording: Recording, path: Path) -> Files:
    from periodic_tui.export.tensorboard import event_file

    return event_file(recording, path, _say)


def _svg(recording: Recording, path: Path) -> Files:
    from periodic_tui.export.files import mark_of
    from periodic_tui.export.newest import newest_picture
    from periodic_tui.ui.still import svg_of

    snapshot = newest_picture(recording, _say)
    try:
        drawn = svg_of(snapshot)
    except Exception as problem:  # of a picture by strangers, which passes for one and is none
        raise Refused(f"{recording.folder.name}: its newest picture cannot be drawn: {problem}") from None
    return {path: drawn.replace(">", f">\n<desc>{mark_of(recording)}</desc>", 1).encode()}


def _safetensors(recording: Recording, path: Path) -> Files:
    from periodic_tui.export.weights import weights_and_preset

    return weights_and_preset(recording, path, _say)


def _python(recording: Recording, path: Path) -> Files:
    from periodic_tui.export.python import module_and_probe

    return module_and_probe(recording, path, _say)


FORMATS: dict[str, tuple[str, Callable[[Recording, Path], Files]]] = {
    "csv": (".csv", _csv),
    "tensorboard": ("", _tensorboard),
    "svg": (".svg", _svg),
    "safetensors": (".safetensors", _safetensors),
    "python": (".py", _python),
}
"""The end of a file's name, empty for a folder, and what writes it."""


@command("export")
@click.argument("run")
@click.option("--to", "form", type=click.Choice(list(FORMATS)), required=True, help="What it becomes.")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="Where to; by default here, named as RUN.")
def export(run: str, form: str, out: Path | None) -> None:
    """Turn the recording RUN (a name from `runs`, or a folder) into files that other programs read.

    \b
    csv          losses, frequency and events over the steps
    tensorboard  the same in a folder for TensorBoard (extra `tensorboard`)
    svg          the newest picture, as the dashboard draws it
    safetensors  the trained network as tensors, and a preset that goes on from there
    python       the trained network as a torch.nn.Module that needs nothing of periodic-tui
    """
    from periodic_tui.export.files import mark_of, write_all

    end, make = FORMATS[form]
    recording = library().find(run)
    path = out or Path(recording.folder.resolve().name + (end or "-tensorboard"))
    if end and path.suffix != end:
        raise Refused(f"--out {path}: expected a name that ends in {end}")
    files = make(recording, path)
    write_all(files, mark_of(recording))
    for each in files:
        say(str(each))


def _say(line: str) -> None:
    say(line, err=True)
