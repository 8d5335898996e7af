"""A recorded run, done again by what its journal says, beside the state that it saved."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from periodic_tui.engine.recorded_runner import RecordedRunner
from periodic_tui.engine.recording import layout
from periodic_tui.engine.recording.course import course_to
from periodic_tui.engine.recording.layout import Stored
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.presets.builtin import BUILT_IN
from periodic_tui.presets.files import load
from periodic_tui.presets.recorded import recorded
from tests.benchmarks.kills import equal

LONGEST = 20.0
"""Seconds of training that are done again, about, where an earlier checkpoint leads there."""


def differences(runs: Path) -> list[str]:
    """A line for each recording in the folder whose last saved state is not the one that its journal leads to."""
    return [line for folder in sorted(runs.iterdir()) for line in _difference(folder)]


def _difference(folder: Path) -> list[str]:
    recording = Recording(folder)
    stored = recording.checkpoints()
    if not stored:
        return []
    saved = recording.checkpoint(stored[-1])
    again = led_to(recording, stored[-1], saved["lines"])
    parts = [name for name in ("trainer", "experiment") if not equal(again.get(name), saved.get(name))]
    words = [f"{line.step}:{line.command}" for line in recording.journal()]
    return [f"{folder.name}: {', '.join(parts)} at step {saved['step']} by {' '.join(words)}"] if parts else []


def led_to(recording: Recording, stored: Stored, lines: int) -> Tree:
    """The state at a checkpoint's step by so many lines of the journal, from the beginning, or from an earlier
    checkpoint where that is more than `LONGEST` before."""
    status = recording.status
    far = LONGEST * status.step / max(status.seconds, 1.0)
    later = [each.file for each in recording.checkpoints() if each.step > stored.step - far]
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare"
        shutil.copytree(recording.folder, bare, ignore=shutil.ignore_patterns(layout.PICTURES, *later))
        course = course_to(Recording(bare), stored.step, lines)
    name, experiment = recorded(recording, ())
    about = recording.about
    runner = RecordedRunner(
        load, name, experiment, device=about.device, engine=about.engine, threads=about.threads, presets=BUILT_IN,
    )  # fmt: skip
    runner.open()
    runner._take(course)
    tree = runner.saved()
    assert tree is not None
    return tree
