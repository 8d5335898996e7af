"""Recordings made by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.layout import Stored
from periodic_tui.engine.recording.packing import pack
from periodic_tui.engine.recording.values import tree_of
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.presets.files import dump, load

CREATED = 1795694557.25


def trained(
    preset: str | Experiment, steps: int = 5, commands: Sequence[str] = (), settings: Sequence[tuple[str, Any]] = ()
) -> Runner:
    """A run after so many steps, then those commands, then as many steps again."""
    name, experiment = ("own", preset) if isinstance(preset, Experiment) else load(preset, settings)
    runner = Runner(load, name, experiment, device="cpu", engine="eager")
    runner.open()
    for words in (None, *commands):
        if words:
            runner.apply(parse(words))
        runner.advance(steps)
    return runner


def recorded(folder: Path, runner: Runner, **about: Any) -> Snapshot:
    """Write the run's recording: one picture, which is returned, one checkpoint, the journal."""
    run, snapshot = runner.current, runner.snapshot()
    for each in (layout.PICTURES, layout.CHECKPOINTS):
        (folder / each).mkdir(parents=True)
    told = {"kind": layout.MARKER, "name": run.name, "title": run.experiment.title, "created": CREATED} | about
    (folder / layout.ABOUT).write_text(json.dumps({"format": layout.FORMAT} | told))
    (folder / layout.PRESET).write_text(dump(run.experiment))
    lines = [Line(number, each.step, each.text, each.command) for number, each in enumerate(run.events)]
    (folder / layout.JOURNAL).write_bytes(b"".join(line.data for line in lines))
    put_picture(folder, snapshot)
    table = run.experiment.model_dump(mode="json", exclude_none=True)
    if "path" in table["target"]:
        (folder / layout.TABLES).mkdir()
        shutil.copy(table["target"]["path"], folder / layout.TABLES)
        table["target"]["path"] = Path(table["target"]["path"]).name
    put_checkpoint(folder, run.step, table, run.trainer.parameters.numpy())
    return snapshot


def put_picture(folder: Path, snapshot: Snapshot, number: int = 0) -> Path:
    """Store a picture."""
    path = folder / layout.PICTURES / Stored(number, snapshot.step).file
    path.write_bytes(pack(tree_of(snapshot)))
    return path


def put_checkpoint(folder: Path, step: int, table: Any, parameters: Any, number: int = 0) -> Path:
    """Store a checkpoint of which only these are known."""
    path = folder / layout.CHECKPOINTS / Stored(number, step).file
    tree = {"step": step, "experiment": table, "trainer": {"state": {"parameters": parameters}}}
    path.write_bytes(pack(tree))
    return path
