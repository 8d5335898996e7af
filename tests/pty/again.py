"""A recorded run, done again from its first step by what its journal says, beside the state that it saved."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from periodic_tui.engine.recorded_runner import RecordedRunner
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.course import course_to
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from periodic_tui.presets.recorded import recorded
from tests.benchmarks.kills import equal


def differences(runs: Path) -> list[str]:
    """A line for each recording in the folder whose last saved state is not the one that its journal leads to."""
    return [line for folder in sorted(runs.iterdir()) for line in _difference(folder)]


def _difference(folder: Path) -> list[str]:
    recording = Recording(folder)
    stored = recording.checkpoints()
    if not stored:
        return []
    saved = recording.checkpoint(stored[-1])
    again = led_to(recording, saved["step"], saved["lines"])
    parts = [name for name in ("trainer", "experiment") if not equal(again.get(name), saved.get(name))]
    words = [f"{line.step}:{line.command}" for line in recording.journal()]
    return [f"{folder.name}: {', '.join(parts)} at step {saved['step']} by {' '.join(words)}"] if parts else []


def led_to(recording: Recording, step: int, lines: int) -> Tree:
    """The state at a step, from the beginning by so many lines of the journal."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare"
        shutil.copytree(recording.folder, bare, ignore=shutil.ignore_patterns(layout.CHECKPOINTS, layout.PICTURES))
        course = course_to(Recording(bare), step, lines)
    name, experiment = recorded(recording, ())
    about = recording.about
    runner = RecordedRunner(
        load, name, experiment, device=about.device, engine=about.engine, threads=about.threads, presets=BUILT_IN,
    )  # fmt: skip
    runner.open()
    runner._take(replace(course, checkpoint=None))
    tree = runner.saved()
    assert tree is not None
    return tree
