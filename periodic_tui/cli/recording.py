"""Where runs are recorded, as the command line and the environment say."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from periodic_tui import __version__
from periodic_tui.engine.errors import Refused

if TYPE_CHECKING:
    from periodic_tui.engine.experiment import Experiment
    from periodic_tui.engine.recorded_runner import RecorderFor
    from periodic_tui.engine.recording.library import Entry, Library
    from periodic_tui.engine.recording.recorder import Recorder
    from periodic_tui.engine.recording.recording import Plan, Recording

NO_RECORD = "no_record"
"""Parameter of the flag that a run is not recorded."""
_PATHS = {"target": {"path": "table.csv", "test": "test.csv"}, "init": {"file": "start.safetensors"}}
"""Keys of a preset that name files, by their tables, and what those are called in a recording."""


def library() -> Library:
    """The user's recordings. Raises Refused where there is no place for them."""
    from periodic_tui.engine.recording import place

    return place.library()


def run_of(folder: Path) -> str:
    """What `replay` and `resume` are told to find a recording."""
    try:
        return folder.name if folder.parent == library().root else str(folder)
    except Refused:
        return str(folder)


def found(run: str) -> Recording:
    """The recording of that name, or in that folder. Raises Refused."""
    from periodic_tui.engine.recording.library import Library

    try:
        kept = library()
    except Refused:
        kept = Library(Path(os.devnull))
    return kept.find(run)


def recordings() -> Sequence[Entry]:
    """The user's recordings, newest first; none where there is no place for them."""
    try:
        return library().runs()
    except Refused:
        return ()


def record_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: the options that say whether and where a run is recorded."""
    function = click.option("--no-record", is_flag=True, help="Record nothing.")(function)
    help_text = "Record into that folder, a new or an empty one."
    return click.option("--record", metavar="DIR", callback=_recorded, help=help_text)(function)


def _recorded(context: click.Context, param: click.Parameter, folder: str | None) -> str | None:
    """The folder; where one is named, nothing that the user's config says keeps the run from being recorded."""
    if folder is not None:
        context.default_map = {name: value for name, value in (context.default_map or {}).items() if name != NO_RECORD}
    return folder


def check_record(record: str | None, no_record: bool) -> None:
    """Raises UsageError where both are given."""
    if record is not None and no_record:
        raise click.UsageError("--record and --no-record exclude each other")


def recorder_for(
    record: str | None, no_record: bool, device: str, engine: str, threads: int | None, plan: Plan | None = None
) -> RecorderFor | None:
    """What makes the recorder of each run that begins; None: nothing is recorded. Raises Refused or UsageError."""
    check_record(record, no_record)
    if no_record:
        return None
    from periodic_tui.engine.recording.bounds import most

    place, largest = _Place(new_or_empty(record)) if record is not None else _Library(), most()

    def begun(name: str, experiment: Experiment) -> Recorder:
        from periodic_tui.engine.recording.recorder import Recorder
        from periodic_tui.engine.recording.recording import About

        folder, before = place.next(name)
        about = About(name, experiment.title, time.time(), device, engine, __version__, plan, threads)
        return Recorder(folder, about, *preset_and_tables(experiment), before=before, most=largest)

    return begun


def gone_on_with(recording: Recording) -> RecorderFor:
    """What makes the recorder of a run that goes on with its recording, and of those after it."""
    from periodic_tui.engine.recording.bounds import most
    from periodic_tui.engine.recording.recorder import Recorder

    about = recording.about
    first, others = [recording], recorder_for(None, False, about.device, about.engine, about.threads)
    assert others

    def begun(name: str, experiment: Experiment) -> Recorder:
        return Recorder.of(first.pop(), most=most()) if first else others(name, experiment)

    return begun


class _Place:
    """A folder, and more beside it where more runs begin: DIR, DIR-2, DIR-3 …"""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0

    def next(self, name: str) -> tuple[Path, Callable[[], object]]:
        """The folder of the next run, and what is to be done before it is made."""
        self._number += 1
        own = self._folder if self._number == 1 else self._folder.with_name(f"{self._folder.name}-{self._number}")
        return own, lambda: None


class _Library:
    """The user's recordings, of which old ones make room."""

    def next(self, name: str) -> tuple[Path, Callable[[], object]]:
        """As of a place. Raises Refused."""
        from periodic_tui.engine.recording.place import room

        kept = library()
        return kept.new(name), room(kept)


def new_or_empty(record: str) -> Path:
    """The folder that `--record` names. Raises Refused."""
    folder = Path(record).absolute()
    try:
        if any(folder.iterdir()):
            raise Refused(f"--record {record}: holds something already, expected a new or an empty folder")
    except FileNotFoundError:
        pass
    except OSError as problem:
        raise Refused(f"--record {record}: {problem.strerror}") from None
    return folder


def preset_and_tables(experiment: Experiment) -> tuple[str, dict[str, Path]]:
    """The resolved preset as TOML, in which files bear their names in the recording; and where those are now."""
    from periodic_tui.presets.files import dump

    changed, files = {}, dict[str, Path]()
    for table, names in _PATHS.items():
        spec = getattr(experiment, table)
        found = {key: path for key in names if isinstance(path := getattr(spec, key, None), str) and path}
        changed[table] = spec.model_copy(update={key: names[key] for key in found})
        files |= {names[key]: Path(path) for key, path in found.items()}
    return dump(experiment.model_copy(update=changed)), files
