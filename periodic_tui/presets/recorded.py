"""The experiment of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.overrides import Override, override
from periodic_tui.engine.recording.layout import PRESET, TABLES
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.toml import read_toml
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.files import PATHS


def recorded(recording: Recording, changes: Sequence[Override] = ()) -> tuple[str, Experiment]:
    """Name and experiment that a recorded run began with, with these changes. Its tables are those in the recording: a
    path to anywhere else is refused. Raises NotReadable, PresetError with every problem that was found, or Refused
    where no preset trained."""
    check_trained_here(recording)
    name = f"{recording.folder.name}/{PRESET}"
    table: dict[str, Any] = {}
    try:
        table = _inside(read_toml(recording.preset), recording)
        for key, value in changes:
            table = override(table, key, value)
        return recording.about.name, Experiment.model_validate(table)
    except ValidationError as error:
        raise PresetError(name, problems(error, table)) from None
    except RecursionError:
        raise PresetError(name, ["is nested too deeply"]) from None
    except ValueError as error:
        raise PresetError(name, [f"is no preset: {error}"]) from None


def check_trained_here(recording: Recording) -> None:
    """That a preset trained, and no script of the user's. Raises Refused."""
    if script := recording.about.script:
        name = recording.folder.name
        raise Refused(
            f"{name}: code of your own trained this, and alone knows its network: start that again ({script})"
        )


def _inside(table: dict[str, Any], recording: Recording) -> dict[str, Any]:
    """The table with its files in the recording."""
    for name, keys in PATHS.items():
        if isinstance(inner := table.get(name), dict):
            named = {key: inner[key] for key in keys if isinstance(inner.get(key), str) and inner[key]}
            found = {key: _file(recording, f"{name}.{key}", value) for key, value in named.items()}
            table = {**table, name: {**inner, **found}}
    return table


def _file(recording: Recording, key: str, name: str) -> str:
    file = recording.folder / TABLES / name
    if PurePath(name).name != name or file.is_symlink() or file.parent.is_symlink():
        raise ValueError(f"{key}: expected the name of a file in {TABLES}, got {name!r}")
    return str(file)
