"""Presets: finding them, reading them (and tables) into experiments, and writing them with every default resolved."""

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.experiment.error_messages import problems
from periodic_tui.engine.files import read_regular
from periodic_tui.engine.names import did_you_mean
from periodic_tui.engine.overrides import Override, override
from periodic_tui.engine.toml import read_toml
from periodic_tui.presets.builtin import BUILT_IN, Listed, preset_folder
from periodic_tui.presets.errors import PresetError
from periodic_tui.presets.program import Program, check_no_program, with_program
from periodic_tui.presets.table import is_table, preset_of, table_at
from periodic_tui.printable import printable

MAX_BYTES = 1 << 20
"""Largest preset that is read."""
MOST_BESIDE = 1_000
"""Files among which the one that was meant is looked for."""
PATHS = {"target": ("path", "test"), "init": ("file",)}
"""Keys that name files, by their tables."""

_HALF = re.compile("[\ud800-\udfff]")
"""What stands in the name of a file for a byte that is not UTF-8."""


def load(preset: str, overrides: Sequence[Override] = (), program: Program | None = None) -> tuple[str, Experiment]:
    """Name and experiment of a built-in preset or of a file; the overrides are applied in their order. `program`: what
    makes the networks, in the place of the preset's model.

    Raises PresetError with every problem that was found.
    """
    return name_of(preset), experiment_of(preset, table_of(preset), overrides, program)


def experiment_of(
    preset: str, table: dict[str, Any], overrides: Sequence[Override] = (), program: Program | None = None
) -> Experiment:
    """The experiment of a preset's table; else as `load`."""
    try:
        if program:
            table = with_program(name_of(preset), table, overrides, program)
        for key, value in overrides:
            table = override(table, key, value)
        if not program:
            check_no_program(table)
        return Experiment.model_validate(table)
    except ValidationError as error:
        raise PresetError(preset, problems(error, table)) from None
    except RecursionError:
        raise PresetError(preset, ["is nested too deeply"]) from None
    except ValueError as error:
        raise PresetError(preset, [str(error)]) from None


def name_of(preset: str) -> str:
    """The name of a built-in preset or of a file."""
    return printable(preset if preset in BUILT_IN else Path(preset).name)


def built_in() -> list[Listed]:
    """All built-in presets."""
    experiments = [load(name) for name in BUILT_IN]
    return [Listed(name, experiment.title, experiment.source, experiment.outcome) for name, experiment in experiments]


def dump(experiment: Experiment) -> str:
    """The experiment as TOML: a valid preset of the same run."""
    return as_toml(experiment.model_dump(mode="json", exclude_none=True))


def as_toml(table: dict[str, Any]) -> str:
    """A preset's table as TOML. Raises Refused where a name of a file in it is no text."""
    in_lines = r"\r\n" not in json.dumps(table)  # which the writer would make \n of
    text = tomli_w.dumps(table, multiline_strings=in_lines)
    if broken := next((line for line in text.splitlines() if _HALF.search(line)), None):
        raise Refused(f"{broken}: the name of a file that is not UTF-8 text, which no preset can hold")
    return printable(text, keep="\n")


def table_of(preset: str) -> dict[str, Any]:
    """The table of a built-in preset or of a file, as it is written there. Raises PresetError."""
    return _from_table(preset) if is_table(preset) else _from_toml(preset)


def _from_table(preset: str) -> dict[str, Any]:
    found = table_at(Path(preset))
    if found.problems:
        meant = did_you_mean(preset, _beside_it(preset)) if not os.path.exists(preset) else ""
        raise PresetError(preset, [f"{problem}{meant}" for problem in found.problems])
    return preset_of(Path(preset), found)


def _from_toml(preset: str) -> dict[str, Any]:
    path = preset_folder() / f"{preset}.toml" if preset in BUILT_IN else Path(preset)
    try:
        table = read_toml(read_regular(path, MAX_BYTES).decode("utf-8-sig"))
    except FileNotFoundError:
        meant = did_you_mean(preset, [*BUILT_IN, *_beside_it(preset)]) or ";"
        known = f"no such file and no such preset{meant} `periodic-tui presets` lists those that are built in"
        raise PresetError(preset, [known]) from None
    except OSError as error:
        raise PresetError(preset, [f"cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError as error:
        raise PresetError(preset, [f"is not UTF-8 text (byte {error.start + 1}), expected TOML"]) from None
    except RecursionError:
        raise PresetError(preset, ["is nested too deeply"]) from None
    except ValueError as error:
        raise PresetError(preset, [f"is no preset: {error}"]) from None
    if not table:
        raise PresetError(preset, ["is empty, expected at least target.kind and model.kind"])
    return _beside(path, table)


def _beside_it(preset: str) -> list[str]:
    """The presets and tables in the folder where that one was looked for, as one would type them."""
    folder = os.path.dirname(preset)
    try:
        names = os.listdir(folder or ".")
    except (OSError, ValueError):
        return []
    return [os.path.join(folder, name) for name in names if name.lower().endswith((".toml", ".csv"))][:MOST_BESIDE]


def _beside(path: Path, table: dict[str, Any]) -> dict[str, Any]:
    """The table with the paths in it counted from the preset's folder."""
    for name, keys in PATHS.items():
        if isinstance(inner := table.get(name), dict):
            paths = {key: inner[key] for key in keys if isinstance(inner.get(key), str) and inner[key]}
            found = {key: str(path.absolute().parent / named) for key, named in paths.items()}
            table = {**table, name: {**inner, **found}}
    return table
