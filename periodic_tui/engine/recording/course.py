"""How a recorded run gets to a step again: from which checkpoint, and by which commands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from periodic_tui.engine.recording.attributes import part, whole_number
from periodic_tui.engine.recording.journal import Line, that_held
from periodic_tui.engine.recording.layout import NotReadable, Stored
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recording import Recording


@dataclass(frozen=True)
class Course:
    """What leads from a checkpoint, or from the beginning, to a step."""

    checkpoint: Tree
    """None: from the beginning."""
    commands: tuple[Line, ...]
    """To be applied at their steps, in this order."""
    step: int
    """To train up to in the end."""
    lines: tuple[Line, ...]
    """All that held up to there, by which the course is known to the screen."""
    passed_over: tuple[str, ...] = ()
    """Checkpoints that could not be read, and why."""


def course_to(recording: Recording, step: int | None = None, lines: int | None = None) -> Course:
    """The course to a step, with the first `lines` lines of the journal (None: all up to that step), or to where the
    run had come. Raises NotReadable."""
    told = recording.lines()
    if lines is not None:
        told = [line for line in told if line.number < lines]
    checkpoint, passed_over = _checkpoint(recording, told, math.inf if step is None else step)
    begun, at = (checkpoint["lines"], checkpoint["step"]) if checkpoint else (0, 0)
    if step is None:
        step = max(at, _reached(recording, told))
    held = [line for line in that_held(told) if line.step <= step]
    commands = tuple(line for line in held if line.command and line.number >= begun)
    return Course(checkpoint, commands, step, tuple(held), passed_over)


def _reached(recording: Recording, lines: Sequence[Line]) -> int:
    """How far the run had come."""
    status, back = recording.status, [line for line in lines if line.kind == "back"]
    steps = [line.step for line in (*that_held(lines), *back[-1:])]
    if not back or status.lines > back[-1].number:
        steps.append(status.step)
    return max(steps, default=0)


def _checkpoint(recording: Recording, told: Sequence[Line], step: float) -> tuple[Tree | None, tuple[str, ...]]:
    """The newest one on the way to the step, and what is the matter with others."""
    passed_over: list[str] = []
    for stored in reversed(recording.checkpoints()):
        if stored.step > step:
            continue
        try:
            tree = _counted(recording.checkpoint(stored))
            if _is_on_the_way(stored, tree["lines"], told):
                return tree, tuple(passed_over)
        except NotReadable as reason:
            passed_over.append(str(reason))
    return None, tuple(passed_over)


def _is_on_the_way(stored: Stored, lines: int, told: Sequence[Line]) -> bool:
    """Whether these lines, or more, follow a checkpoint that includes so many, and none took it back."""
    later = [line for line in told if line.number >= lines and line.kind == "back"]
    taken_back = any(back.step < stored.step or (back.kept is not None and back.kept < lines) for back in later)
    return not taken_back and lines <= (told[-1].number + 1 if told else 0)


def _counted(tree: Tree) -> Tree:
    """The checkpoint, if it says how many steps and how much of the journal it includes. Raises NotReadable."""
    for name in ("lines", "step"):
        whole_number(part(tree, name), name)
    return tree
