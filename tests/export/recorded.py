"""Recordings of one picture and one checkpoint, made at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from periodic_tui.cli.recording import preset_and_tables
from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.layout import Stored
from periodic_tui.engine.recording.packing import Tree, pack
from periodic_tui.engine.recording.values import tree_of
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.saved_run import saved_run
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.presets.files import load

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
    preset, tables = preset_and_tables(run.began)
    (folder / layout.PRESET).write_text(preset)
    for name, path in tables.items():
        (folder / layout.TABLES).mkdir(exist_ok=True)
        shutil.copy(path, folder / layout.TABLES / name)
    lines = [Line(number, each.step, each.text, each.command) for number, each in enumerate(run.events)]
    (folder / layout.JOURNAL).write_bytes(b"".join(line.data for line in lines))
    put_picture(folder, snapshot)
    put_checkpoint(folder, run.step, saved_run(run))
    return snapshot


def put_picture(folder: Path, snapshot: Snapshot, number: int = 0) -> Path:
    """Store a picture."""
    path = folder / layout.PICTURES / Stored(number, snapshot.step).file
    path.write_bytes(pack(tree_of(snapshot)))
    return path


def put_checkpoint(folder: Path, step: int, tree: Tree, number: int = 0) -> Path:
    """Store a checkpoint."""
    path = folder / layout.CHECKPOINTS / Stored(number, step).file
    path.write_bytes(pack(tree))
    return path
