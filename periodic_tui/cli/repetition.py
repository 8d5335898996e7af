"""A recorded run once more from its first step: the same preset, engine and commands at their steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.headless import Timed
from periodic_tui.engine.overrides import Override

if TYPE_CHECKING:
    from periodic_tui.engine.experiment import Experiment
    from periodic_tui.engine.recording.recording import Recording
    from periodic_tui.presets.program import Program

_BEGINS = ("load", "new")
"""Commands that began the run: its preset is what they led to."""


@dataclass(frozen=True)
class Repetition:
    """What is to be done again."""

    name: str
    experiment: Experiment
    device: str
    engine: str
    """With which it began."""
    threads: int | None
    """As asked for."""
    steps: int
    """That it had come to."""
    commands: tuple[Timed, ...]


def repetition_of(recording: Recording, changes: Sequence[Override] = (), program: Program | None = None) -> Repetition:
    """The repetition of a recording, whose preset may be changed; `program`: what makes its networks, where that is no
    preset's model. Raises NotReadable, PresetError or Refused."""
    from periodic_tui.engine.recording.course import course_to
    from periodic_tui.presets.program import named_again
    from periodic_tui.presets.recorded import recorded

    name, experiment = recorded(recording, changes)
    experiment = named_again(recording.folder.name, experiment, program)
    about, step, commands = recording.about, course_to(recording).step, tuple(_commands(recording))
    return Repetition(name, experiment, about.device, _engine(recording), about.threads, step, commands)


def _commands(recording: Recording) -> Iterator[Timed]:
    for line in recording.journal():
        command = parse(str(line.command))
        if command.word == "step":
            yield line.step - 1, command
        elif not command.waits and command.word not in _BEGINS:
            yield line.step, command


def _engine(recording: Recording) -> str:
    """The engine of the first step: what the run was started with may have been found later."""
    first = recording.checkpoints()[:1]
    for stored in first:
        if stored.step == 0:
            return str(recording.checkpoint(stored)["engine"])
    return recording.about.engine
