"""The experiment of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.overrides import Override, override
from periodic_tui.engine.recording.layout import PRESET, TABLES
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.toml import read_toml
from periodic_tui.presets.errors import PresetError

_FILES = {"path": TABLES, "test": TABLES}
"""Keys of a target that name files, which lie beside the preset in the recording."""


def recorded(recording: Recording, changes: Sequence[Override] = ()) -> tuple[str, Experiment]:
    """Name and experiment that a recorded run began with, with these changes. Its tables are those in the recording: a
    path to anywhere else is refused. Raises NotReadable, or PresetError with every problem that was found."""
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


def _inside(table: dict[str, Any], recording: Recording) -> dict[str, Any]:
    """The table with its files in the recording."""
    target = table.get("target")
    if not isinstance(target, dict):
        return table
    named = {key: value for key, value in target.items() if key in _FILES and isinstance(value, str)}
    for key, value in named.items():
        file = recording.folder / _FILES[key] / value
        if PurePath(value).name != value or file.is_symlink() or file.parent.is_symlink():
            raise ValueError(f"target.{key}: expected the name of a file in {_FILES[key]}, got {value!r}")
        target = {**target, key: str(file)}
    return {**table, "target": target}
