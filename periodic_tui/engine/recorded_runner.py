"""A runner that records its runs, takes them up from a recording, and takes them back to an earlier step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from periodic_tui.engine.commands.base import Command, parse
from periodic_tui.engine.commands.on_loop import Threads
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording.attributes import part, whole_number
from periodic_tui.engine.recording.course import Course, course_to
from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.recording.recorder import DEADLINE, Recorder
from periodic_tui.engine.recording.recording import Recording
from periodic_tui.engine.recording.when_to_save import Keeping
from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Event, Snapshot
from periodic_tui.engine.training.memory import UNDO_POINTS, enough_memory

if TYPE_CHECKING:
    from periodic_tui.engine.diagnosis import Diagnosis
    from periodic_tui.engine.run import Run

Remarks = list[tuple[str, str | None]]
"""Texts of events, and of the commands that go with them."""
RecorderFor = Callable[[str, Experiment], Recorder]
"""From a run's name and experiment to what is to write its recording; raises Refused."""

_UNDO_BYTES = 1 << 23
"""So much of what commands can be undone to is saved with a run, the last ones first."""
_NOT_REPEATED = ("load", "new", "branch")
"""Commands that begin a run, and one that was taken into account already."""
_PATIENCE = 2.0
"""Seconds that a branch, and the end of a run that is over, wait for the disk."""


class RecordedRunner(Runner):
    """`recorder_for` is asked where a run begins, None: nothing is recorded; `resumed` is the recording that the first
    run goes on with."""

    def __init__(
        self, *args: Any, recorder_for: RecorderFor | None = None, resumed: Recording | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._recorder_for, self._resumed = recorder_for, resumed
        self.unrecorded = ""
        """What is not recorded, and why, in a line."""
        self._keeping: Keeping | None = None
        self._seconds = 0.0
        """Of training in this run."""
        self._remarks: Remarks = []
        """What is to be told of a run that is being taken up."""

    # Recording.

    def open(self) -> None:
        """Import torch, and build the first run or take it up. Raises Refused."""
        super().open()
        if self._resumed:
            about, remarks = self._resumed.about, self._take(course_to(self._resumed))
            self._seconds, self._resumed = self._resumed.status.seconds, None
            if not self._stopped.is_set():
                self._record(self.current, anew=False)
                self._tell([*((text, None) for text in self.remarks), *remarks])
                self._note(f"resumed at step {self.step:,}")
                if self._threads and self._threads != about.threads:
                    self.apply(Threads(self._threads))

    def _go_over_to(self, run: Run) -> None:
        self._end_recording("closed", 0.0)
        super()._go_over_to(run)
        self._seconds = 0.0
        if not self._resumed:
            self._record(run)

    def _record(self, run: Run, anew: bool = True) -> None:
        """Begin the recording of a run, or go on with it."""
        self._keeping, self.unrecorded = None, ""
        if self._recorder_for is None:
            return
        try:
            recorder = self._recorder_for(run.name, run.experiment)
        except Refused as reason:
            self._tell_unrecorded(f"nothing is recorded: {reason}")
            return
        recorder.on_news = self._work.set
        self._keeping = Keeping(recorder, self.saved, self._clock)
        run.record(recorder, run.events if anew else ())
        recorder.begin()
        self._keeping.save(self.step)

    def close(self, ended: str = "closed", save: bool = True) -> None:
        """Save, and end the recording. However the disk is, it is waited for a quarter of a second, or for two seconds
        where training came to its own end, and nobody waits. The last picture of `train` is of every replica."""
        told = self._keeping is not None and self._keeping.recorder.writes and ended != "closed"
        if told and self.current.measured.population.stale(self.step):
            with enough_memory(f"in measuring after step {self.step:,}"):
                self.current.measured.reading(brief=True)
            self.snapshot()
        self._end_recording(ended, _PATIENCE if ended in ("finished", "diverged") else DEADLINE, save)

    def _end_recording(self, ended: str, wait: float, save: bool = True) -> None:
        if self._keeping:
            if save:
                self._keeping.save(self.step)
            self._keeping.recorder.close(ended, wait)
            self._hear()

    def _hear(self) -> None:
        """Enter what the recorder has to tell."""
        if self._keeping:
            for text in self._keeping.recorder.news():
                self._tell_unrecorded(text)

    def _tell_unrecorded(self, text: str) -> None:
        self.unrecorded = text
        self._note(text)

    def advance(self, count: int, preemptible: bool = False) -> int:
        began = self._clock()
        done = super().advance(count, preemptible)
        self._seconds += self._clock() - began
        self._hear()
        if self._keeping:
            with enough_memory(f"in saving after step {self.step:,}"):
                self._keeping.trained(self.step, self._seconds)
                if self._found and not self._interactive:
                    self._keeping.picture(self._glimpse)
        return done

    def _glimpse(self) -> Snapshot:
        """A picture in passing: its verdict is that of the last one."""
        assert self._found
        return self._as_picture(self.current.measured.glimpse(self._found))

    def _as_picture(self, found: Diagnosis) -> Snapshot:
        picture = super()._as_picture(found)
        return replace(picture, recording=str(self._keeping.recorder.folder)) if self._keeping else picture

    def snapshot(self, live: bool = False) -> Snapshot:
        picture = super().snapshot(live)
        if not live:
            self._keep_picture(picture)
        return picture

    def _keep_picture(self, picture: Snapshot) -> None:
        """Hand a picture to the recorder; whoever takes a live one does it once that is paid for, as the recorder's
        thread begins to work at once."""
        if self._keeping:
            self._keeping.recorder.picture(picture)

    def _applied(self, command: Command) -> Event:
        if self._keeping and not command.passing:
            self._keeping.commanded(self.step)
        return super()._applied(command)

    # Saving, and going on.

    def saved(self) -> Tree | None:
        """The run and how it is trained, to go on with; None while a remedy is at work, which cannot be saved."""
        from periodic_tui.engine.saved_run import saved_run

        if self.current.treatment:
            return None
        stepper = self.current.trainer.stepper
        how = {
            "lines": self._keeping.recorder.lines if self._keeping else 0,
            "engine": stepper.name,
            "threads": stepper.threads if stepper.parts == 1 else 0,
            "paused": self.paused,
            "pace": self.pacer.remembered(),
            "undo": self._saved_undo(),
        }
        return saved_run(self.current) | how

    def _saved_undo(self) -> Tree:
        from periodic_tui.engine.saved_run import saved_point

        points, room = [], _UNDO_BYTES
        for words, point in reversed(self._undo):
            room -= point.checkpoint.bytes
            if room < 0:
                break
            points.append([words, saved_point(point)])
        return points[::-1]

    def branch(self, step: int, lines: int | None) -> str:
        """Go back to a recorded step, with so many lines of the journal (None: all up to there). Raises Refused."""
        recorder = self._keeping.recorder if self._keeping else None
        if recorder is None or not recorder.writes:
            return super().branch(step, lines)
        if not recorder.settle(_PATIENCE):
            raise Refused("the disk is behind with the recording")
        if step > self.step:
            raise Refused(f"expected a step up to {self.step:,}, got {step:,}")
        course = course_to(Recording(recorder.folder), step, lines)
        if course.checkpoint is None:
            raise Refused(f"no checkpoint leads to step {step:,}")
        before, paused = self.step, self.paused
        with self._off_the_record(self.current):
            abandoned = self.current.measured.abandon()
            remarks = self._take(course)
        self.current.measured.abandoned, self.paused = abandoned, paused
        recorder.back(step, lines)
        self._tell(remarks)
        return f"went back from step {before:,}, whose course stays to be seen, pale"

    @contextmanager
    def _off_the_record(self, run: Run) -> Iterator[None]:
        """Nothing that happens in this context is told to the recorder. Where that is given up half-way, the run is
        neither here nor there: the recording ends as it was before."""
        keeping, self._keeping, run.recorder = self._keeping, None, None
        assert keeping, "without a recording there is nothing to go back to"
        try:
            yield
            if self._stopped.is_set():
                raise Refused("given up")
        except Refused as reason:
            keeping.recorder.close("closed")
            self._tell_unrecorded(f"recording stopped: {reason}")
            raise
        self._keeping, run.recorder = keeping, keeping.recorder

    def _take(self, course: Course) -> Remarks:
        """Bring the run to where the course leads; returns what is to be told of it. Raises Refused."""
        self._remarks = [(f"passed over {each}", None) for each in course.passed_over]
        with enough_memory("in going on"):
            if course.checkpoint is not None:
                self._recall(course.checkpoint)
            for line in course.commands:
                self._repeat(line)
            self._reach(course.step)
        self.steppers.go_on(self._engine)
        self.steppers.threads.wanted = self._threads
        self.current.told([line.event for line in course.lines])
        return list(dict.fromkeys(self._remarks))

    def _tell(self, remarks: Remarks) -> None:
        for text, command in remarks:
            self._note(text, command)

    def _recall(self, tree: Tree) -> None:
        from periodic_tui.engine.saved_run import point_of, recall_run

        recall_run(self.current, tree)
        points = [(str(words), point_of(point, self.current)) for words, point in part(tree, "undo")]
        self._undo = deque(points, UNDO_POINTS)
        self.paused = bool(part(tree, "paused"))
        pace, until = part(tree, "pace")
        self.pacer.begin(float(pace), until)
        threads = tree.get("threads", 1)  # of every run before there was a choice
        self.steppers.threads.wanted = whole_number(threads, "the number of threads") or None
        self._go_on_with(str(part(tree, "engine")))
        if shared := self.steppers.share(self.current.trainer):
            self._remarks.append(shared)

    def _reach(self, step: int) -> None:
        """Train up to a step, unless somebody wants it to end; other commands wait."""
        while self.step < step and self.current.trainer.alive and not self._stopped.is_set():
            self.advance(min(step - self.step, self.chunk))

    def _go_on_with(self, engine: str) -> None:
        """Train with the engine of a recording; where it cannot be had, that is told."""
        if self.current.trainer.stepper.name != engine:
            try:
                self.steppers.switch(self.current.trainer, engine)
            except Refused as reason:
                text = f"the recording's engine, {engine}, cannot be had here: {reason}"
                self._remarks.append((text, f"engine:{self.current.trainer.stepper.name}"))

    def _repeat(self, line: Line) -> None:
        """Train up to where a recorded command was applied, and apply it again; what it led to is told by the line."""
        word, _, rest = str(line.command).partition(":")
        self._reach(line.step - (word == "step"))
        if word == "engine":
            self._go_on_with(rest)
        elif word not in _NOT_REPEATED and not self._stopped.is_set():
            self._applied(parse(str(line.command)))
