"""The worker's loop: a queue of commands in, the latest snapshot out. The only concurrency of the engine."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from periodic_tui.engine.commands.base import Command
from periodic_tui.engine.errors import OutOfMemory, Preempted, Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recorded_runner import RecordedRunner
from periodic_tui.engine.runner import LoadPreset
from periodic_tui.engine.scheduling.frames import FrameScheduler
from periodic_tui.engine.scheduling.pacing import CHUNK
from periodic_tui.engine.snapshot import EMPTY, Snapshot, View
from periodic_tui.engine.training.memory import enough_memory

_EYES = 1.0
"""Seconds for which the first step of a life waits for the screen to show what it begins from."""
_LOOK = 0.004
"""Seconds between two looks whether it does."""
_LONG_CHUNK = 0.05
"""Seconds for which steps are taken at once that give way to a command."""
_PART = 10
"""Times as long as such steps are those that are taken at once where nobody watches."""
_ACT = 0.05
"""Seconds for which a remedy acts between two pictures."""
_LOADING = 3
"""Pictures that load on a GPU what they are measured by, half a second at first, and on a processor one, before the
first step: that is not saved on the next ones."""
_FOLLOWING = 0.008
"""Seconds for which a control run is trained between two chunks of the run."""


class Session(RecordedRunner):
    """A runner with `run` as the body of a worker thread, which trains until stopped. `send`, `look`, `latest` and
    `stop` may be called from any thread.

    `fps` is the most pictures a second. `on_wake` is called from the worker's thread whenever `latest` is another one.
    `watched`: somebody tells by `drawn` what was seen, and the first step of a life waits for that. `working`: seconds
    that the worker has worked, by which pictures are paid for, however busy the machine is with other things.
    """

    def __init__(
        self,
        load: LoadPreset,
        name: str,
        experiment: Experiment,
        *,
        fps: float = 10.0,
        watched: bool = False,
        working: Callable[[], float] = time.thread_time,
        **options: Any,
    ) -> None:
        super().__init__(load, name, experiment, **options)
        self.failure: BaseException | None = None
        self.on_wake: Callable[[], None] = lambda: None
        self._inbox: deque[Command] = deque()
        self._latest = replace(EMPTY, preset=name, title=experiment.title, story=experiment.story)
        self._frames = FrameScheduler(1 / fps)
        self._watched, self._drawn, self._working = watched, not watched, working
        self._pictured: float | None = None
        """Moment at which the first picture of a life was taken that nobody has seen yet."""
        self._untold = False
        """Whether the control run has moved since the latest picture."""

    def begin_life(self) -> None:
        """The parameters were drawn: their first picture is to be seen before their first step."""
        super().begin_life()
        self._pictured = None

    # Called from any thread.

    def send(self, command: Command) -> None:
        """Queue a command; it is applied between two steps."""
        self._inbox.append(command)
        self._work.set()

    def look(self, view: View) -> None:
        """Show something else from the next snapshot on."""
        self._view = view
        self._work.set()

    def drawn(self, snapshot: Snapshot) -> None:
        """That picture is on the screen."""
        if (snapshot.run, snapshot.life) == (self._latest.run, self._latest.life):
            self._drawn = True

    def latest(self) -> Snapshot:
        """The newest snapshot."""
        return self._latest

    # The loop.

    def run(self) -> None:
        """Train until stopped. A bug ends the loop, is kept in `failure` and shown in the last snapshot."""
        self._interactive, self._preemption.at_once = True, _ACT
        try:
            self.open()
            self._publish()
            while not self._stopped.is_set():
                self._turn()
        except Refused as refusal:
            self._fail(refusal, refusal=str(refusal))
        except BaseException as failure:
            self._fail(failure, error=f"{type(failure).__name__}: {failure}")
        finally:
            self.close(save=self.failure is None)
            if self._steppers:
                self._steppers.cancel()

    def _fail(self, failure: BaseException, error: str | None = None, refusal: str | None = None) -> None:
        self.failure = failure
        self._latest = replace(self._latest, picture=None, error=error, refusal=refusal, state="finished")
        self.on_wake()

    def _turn(self) -> None:
        """Apply what has come, then train a little or wait."""
        if self._work.is_set():
            self._work.clear()
            self._hear()
            for _ in range(len(self._inbox)):
                self._answer(self._inbox.popleft())
            self._echo()
            self._publish()
        if self.steppers.turn(self.current.trainer, self._work.is_set):
            self.pacer.forget_cost()
        if self._work.is_set():
            return
        if not self.current.treatment:
            self.pacer.give_back()
        steps = 0 if self._idle or self._begins() else self._due()
        if steps:
            self._train(steps)
        followed = self._view.compare and not self._work.is_set() and self._follow()
        self._untold |= followed
        if self._clock() >= self._frames.next and not self._still:
            self._publish()
        if not (steps or followed):
            self._work.wait(self._rest())

    def _due(self) -> int:
        """How many steps to take now; the end of a paced start is told."""
        pace = self.pacer.pace
        steps = self.pacer.due(self.step, self._room)
        if pace and not self.pacer.pace:
            self._note("the paced start is over: trained flat out from here")
        return steps if self.pacer.pace else max(steps, self._fewest)

    @property
    def _fewest(self) -> int:
        """Steps to take at once flat out, at least: launching them on a GPU, and fetching what is to be known of them,
        takes some milliseconds however few they are."""
        return self.chunk // _PART if self.current.trainer.device.type == "cuda" else 1

    @property
    def _room(self) -> float:
        """Seconds for which steps may be taken at once: up to the next picture where they give way to a command, since
        a thread that draws holds up the worker between two chunks only."""
        if self._view.compare or not self.current.trainer.stepper.gives_way:
            return CHUNK
        return min(max(CHUNK, self._frames.next - self._clock()), _LONG_CHUNK)

    def _begins(self) -> bool:
        """Whether what the present life begins from is still on its way to the screen."""
        if not self._unseen:
            return False
        if self._pictured is None or (not self._drawn and self._clock() - self._pictured < _EYES):
            return True
        self._unseen, self._pictured = False, None
        self.pacer.restart()
        return False

    def _answer(self, command: Command) -> None:
        self._arrive()
        try:
            self.apply(command)
        except Refused as refusal:
            self._note(f"{command.words}: {refusal}")

    def _train(self, steps: int) -> None:
        started, known = self._clock(), self.current.known
        try:
            self.advance(steps, preemptible=True)
        except OutOfMemory as reason:
            self.current.halt(f"paused: {reason}")
            self.paused = True
        else:
            if self.pacer.pace:
                self.current.arrive()
            self.pacer.took(self.current.known - known, self._clock() - started)

    def _arrive(self) -> None:
        """Wait for the steps that an accelerator is at work on."""
        started, known = self._clock(), self.current.known
        self.current.arrive()
        self.pacer.took(self.current.known - known, self._clock() - started)

    def _follow(self) -> bool:
        """Train the control run a little; whether it moved. Where there is no memory for it, the run goes on alone."""
        try:
            with enough_memory("in training the untreated run"):
                return self.current.follow(time.perf_counter() + _FOLLOWING)
        except OutOfMemory as reason:
            self._view = replace(self._view, compare=False)
            self._note(f"compare: {reason}")
            return False

    def _rest(self) -> float | None:
        """Seconds to wait where there is no step to take; None: until something comes."""
        if self._still:
            return None
        if self._unseen:
            return _LOOK
        return max(0.0, self._frames.next - self._clock()) if self._idle else self.pacer.rest()

    @property
    def _still(self) -> bool:
        """Whether every picture would be the same."""
        if self.steppers.awaited:
            return False
        return self._idle and not self._untold and not self.current.measured.population.stale(self.step)

    def _echo(self) -> None:
        """Show at once what needs no measuring, beside the latest figures: whether training is paused, and its pace."""
        latest = self._latest
        echo = replace(
            latest,
            state=self._state(latest.verdict.code),
            pace=self.pacer.pace,
            rate=0.0 if self._idle else latest.rate,
            stops_at_death=self._view.stop_at_death,
        )
        if latest.run == self.current.number and _told(echo) != _told(latest):
            self._latest = echo
            self.on_wake()

    def _publish(self) -> None:
        """Take a picture and wake the screen; one that is interrupted is taken after the command, in the end without
        giving way."""
        self._arrive()
        started, working, aside = self._clock(), self._working(), self.current.measured.aside
        try:
            with self._preemption.preemptible(self._frames.patient(started)):
                self._latest = self.snapshot(live=True)
        except Preempted:
            self._frames.interrupted(started)
            return
        if self._unseen and self._pictured is None:
            self._pictured, self._drawn = self._clock(), not self._watched
        self._untold = False
        ended, aside = self._clock(), max(0.0, self.current.measured.aside - aside)
        cost = max(0.0, min(ended - started, self._working() - working) - aside)
        if self._pictures <= (_LOADING if self.current.measured.ahead else 1):
            cost = aside = 0.0
        self._frames.took(ended - cost, ended, aside, freely=self.pacer.pace > 0 or self._view.stop_at_death)
        self.on_wake()
        self._keep_picture(self._latest)


def _told(snapshot: Snapshot) -> tuple[object, ...]:
    """What an echo may change."""
    return snapshot.state, snapshot.pace, snapshot.rate, snapshot.stops_at_death
