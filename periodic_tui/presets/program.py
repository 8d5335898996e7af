"""A program of the user's in the place of a preset's model: only the command line can name one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from periodic_tui.engine.components.models.module import Module
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.overrides import Override
from periodic_tui.presets.table import is_table

Program = tuple[str, str]
"""Absolute path of a file, and the name of the class or function in it."""


def with_program(
    preset: str, table: Mapping[str, Any], overrides: Sequence[Override], program: Program
) -> dict[str, Any]:
    """The table of a preset of that name with a program instead of its model and of how that starts. Raises ValueError
    where an override is of something that it has not any more."""
    file, name = program
    for key, _ in overrides:
        if key.split(".")[0] == "model" or (key.split(".")[0] == "init" and key != "init.file"):
            raise ValueError(f"{key}: the network is that of {Path(file).name}, with --model expected no such key")
    short = f"{Path(file).name}:{name}"
    words = {"title": f"{table['title']} by {short}" if isinstance(table.get("title"), str) else short, "outcome": ""}
    if not is_table(preset):  # whose story is not of its network
        words["story"] = f"What {preset} asks for, with the network that {name} in {Path(file).name} makes."
    return {**table, **words, "model": {"kind": "module", "file": file, "name": name}, "init": {}}


def check_no_program(table: Mapping[str, Any]) -> None:
    """Raise ValueError where a table names a program itself."""
    model = table.get("model")
    if (model.get("kind") if isinstance(model, Mapping) else model) == "module":
        raise ValueError("model.kind: a preset never names a program, only --model FILE.py:NAME does")


def named_again(run: str, experiment: Experiment, program: Program | None) -> Experiment:
    """The experiment of a recording with the program that the user names for it now: what a recording says is never
    run. Raises Refused."""
    model = experiment.model
    if not isinstance(model, Module):
        if program:
            raise Refused(f"{run} has a model of its preset's, expected no --model")
        return experiment
    if program is None:
        raise Refused(
            f"{run} has the model {model.title}; to let it run again, name it: --model {model.file}:{model.name}"
        )
    file, name = program
    return experiment.model_copy(update={"model": model.model_copy(update={"file": file, "name": name})})
