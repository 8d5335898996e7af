"""A runner whose runs are saved, taken up from a recording, and taken back to an earlier step."""

from __future__ import annotations

from collections import deque
from typing import Any

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.attributes import part
from periodic_tui.engine.recording.course import Course, course_to
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.training.memory import UNDO_POINTS, enough_memory

_UNDO_BYTES = 1 << 23
"""So much of what commands can be undone to is saved with a run, the last ones first."""
_NOT_REPEATED = ("load", "new", "branch", "step")
"""Commands that begin a run, or whose step is trained anyway."""


class RecordedRunner(Runner):
    """`resumed`: the recording that the first run goes on with."""

    def __init__(self, *args: Any, resumed: Recording | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._resumed = resumed

    def open(self) -> None:
        """Import torch, and build the first run or take it up. Raises Refused."""
        super().open()
        if self._resumed:
            self._take(course_to(self._resumed))

    def saved(self) -> Tree | None:
        """The run and how it is trained, to go on with; None while a remedy is at work, which cannot be saved."""
        from periodic_tui.engine.saved_run import saved_run

        if self.current.treatment:
            return None
        how = {"engine": self.current.trainer.stepper.name, "paused": self.paused, "pace": self.pacer.remembered()}
        return saved_run(self.current) | how | {"undo": self._saved_undo()}

    def _saved_undo(self) -> Tree:
        from periodic_tui.engine.saved_run import saved_point

        points, room = [], _UNDO_BYTES
        for words, point in reversed(self._undo):
            room -= point.checkpoint.bytes
            if room < 0:
                break
            points.append([words, saved_point(point)])
        return points[::-1]

    def _take(self, course: Course) -> None:
        """Bring the run to where the course leads. Raises Refused."""
        with enough_memory("in going on"):
            if course.checkpoint is not None:
                self._recall(course.checkpoint)
            for line in course.commands:
                self._reach(line.step)
                self._repeat(line)
            self._reach(course.step)
        self.steppers.go_on(self._engine)
        self.current.told([line.event for line in course.lines])
        for passed_over in course.passed_over:
            self._note(f"passed over {passed_over}")

    def _recall(self, tree: Tree) -> None:
        from periodic_tui.engine.saved_run import point_of, recall_run

        recall_run(self.current, tree)
        points = [(str(words), point_of(point, self.current)) for words, point in part(tree, "undo")]
        self._undo = deque(points, UNDO_POINTS)
        self.paused = bool(part(tree, "paused"))
        pace, until = part(tree, "pace")
        self.pacer.begin(float(pace), until)
        self._go_on_with(str(part(tree, "engine")))

    def _reach(self, step: int) -> None:
        """Train up to a step, unless somebody wants it to end."""
        while self.step < step and self.current.trainer.alive and not self._stopped.is_set():
            self.advance(step - self.step, preemptible=True)

    def _go_on_with(self, engine: str) -> None:
        """Train with the engine of a recording; where it cannot be had, that is told."""
        if self.current.trainer.stepper.name != engine:
            try:
                self.steppers.switch(self.current.trainer, engine)
            except Refused as reason:
                self._note(f"the recording's engine, {engine}, cannot be had here: {reason}", "engine:eager")

    def _repeat(self, line: Line) -> None:
        """Apply a recorded command again; what it led to is told by the line itself."""
        word, _, rest = str(line.command).partition(":")
        if word == "engine":
            self._go_on_with(rest)
        elif word not in _NOT_REPEATED:
            self._applied(parse(str(line.command)))
        self.paused |= word == "step"
