"""The worker's loop: a queue of commands in, the latest snapshot out. The only concurrency of the engine."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from periodic_tui.engine.commands import Command
from periodic_tui.engine.errors import OutOfMemory, Preempted, Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.scheduling.frames import FrameScheduler
from periodic_tui.engine.scheduling.pacing import Pacer
from periodic_tui.engine.scheduling.preemption import Preemption
from periodic_tui.engine.snapshot import EMPTY, Event, Snapshot, State, View
from periodic_tui.engine.torch_loading import load_torch
from periodic_tui.engine.training.memory import check_memory, enough_memory
from periodic_tui.engine.undo import UndoRing

if TYPE_CHECKING:
    from periodic_tui.engine.run import Run
    from periodic_tui.engine.training.stepper_choice import StepperChoice

Load = Callable[[str], tuple[str, Experiment]]
"""From a preset's name or path to its name and experiment; raises ValueError with one line."""


class Session:
    """Trains one run after another. `send`, `look`, `latest` and `stop` may be called from any thread; with `run`
    as the body of a worker thread it trains until stopped, without it the caller trains with `advance`."""

    def __init__(
        self,
        load: Load,
        name: str,
        experiment: Experiment,
        *,
        device: str = "auto",
        engine: str = "auto",
        paused: bool = False,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._load = load
        self._first = name, experiment
        self._device = device
        self._wanted_engine = engine
        self._interactive = False
        self.paused = paused
        self.failure: BaseException | None = None
        self.on_wake: Callable[[], None] = lambda: None
        self._clock = clock
        self._inbox: deque[Command] = deque()
        self._view = View()
        self._work = threading.Event()
        self._stopped = threading.Event()
        self._latest = replace(EMPTY, preset=name, title=experiment.title, story=experiment.story)
        self._pacer = Pacer(clock)
        self._frames = FrameScheduler()
        self._preemption = Preemption(self._work.is_set)
        self._run: Run | None = None
        self._runs = 0
        self._undo = UndoRing()
        self._steppers: StepperChoice | None = None

    # Called from any thread.

    def send(self, command: Command) -> None:
        """Queue a command; it is applied between two steps."""
        self._inbox.append(command)
        self._work.set()

    def look(self, view: View) -> None:
        """Show something else from the next snapshot on."""
        self._view = view
        self._work.set()

    def latest(self) -> Snapshot:
        """The newest snapshot."""
        return self._latest

    def stop(self) -> None:
        """Ask the loop to end, and whoever waits for a build to give it up."""
        self._stopped.set()
        self._work.set()

    # Called from the thread that trains.

    @property
    def current(self) -> Run:
        """The run in training."""
        assert self._run is not None, "open() comes first"
        return self._run

    @property
    def step(self) -> int:
        """Steps done in this run."""
        return self.current.step

    @property
    def journal(self) -> list[Event]:
        """The commands that were applied."""
        return self.current.journal

    @property
    def steppers(self) -> StepperChoice:
        """What chooses the engine."""
        assert self._steppers is not None, "open() comes first"
        return self._steppers

    def open(self) -> None:
        """Import torch and build the first run. Raises Refused."""
        load_torch()
        from periodic_tui.engine.training.stepper_choice import StepperChoice

        self._steppers = StepperChoice(
            self._wanted_engine, self._interactive, self._clock, self._stopped.is_set, self._note
        )
        self._begin(*self._first)

    def settle(self, steps: int | None, seconds: float | None) -> None:
        """Decide before the first step which engine pays for a run of so many steps or seconds; None: no limit."""
        limits = [math.inf if limit is None else limit for limit in (steps, seconds)]
        if told := self.steppers.settle(self.current.trainer, *limits):
            self._note(told)

    def _note(self, text: str, command: str | None = None) -> None:
        self.current.note(text, command)

    def _begin(self, name: str, experiment: Experiment) -> None:
        import torch

        from periodic_tui.engine.run import Run
        from periodic_tui.engine.training.device_choice import settled

        torch.set_num_threads(1)
        with enough_memory(f"when {name} began"):
            device, why = settled(self._device, experiment, self.steppers)
            memory = check_memory(experiment, device)
            run = Run(self._runs + 1, name, experiment, device, self._preemption)
            for told in filter(None, (why, memory, self.steppers.begin(run.trainer))):
                run.note(told)
        self._run, self._runs, self._undo = run, run.number, UndoRing()
        self._pacer.begin(experiment.training.pace, experiment.training.pace_steps)

    def run(self) -> None:
        """Train until stopped. A bug ends the loop, is kept in `failure` and shown in the last snapshot."""
        self._interactive = True
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
            if self._steppers:
                self._steppers.cancel()

    def _fail(self, failure: BaseException, error: str | None = None, refusal: str | None = None) -> None:
        self.failure = failure
        self._latest = replace(self._latest, error=error, refusal=refusal, state="finished")
        self.on_wake()

    def _turn(self) -> None:
        """Apply what has come, then train a little or wait."""
        if self._work.is_set():
            self._work.clear()
            for command in self._taken():
                self._answer(command)
            self._publish()
            self.on_wake()
        if self.steppers.turn(self.current.trainer):
            self._pacer.forget_cost()
        steps = 0 if self._idle else self._pacer.due(self.step)
        if steps:
            self._train(steps)
        if self._clock() >= self._frames.next and not self._still:
            self._publish()
        if not steps:
            self._work.wait(self._rest())

    def _train(self, steps: int) -> None:
        started = self._clock()
        try:
            done = self.advance(steps)
        except OutOfMemory as reason:
            self.current.halt(f"paused: {reason}")
            self.paused = True
        else:
            self._pacer.took(done, self._clock() - started, self.step)

    def _rest(self) -> float | None:
        """Seconds to wait where there is no step to take; None: until something comes."""
        if self._still:
            return None
        return max(0.0, self._frames.next - self._clock()) if self._idle else self._pacer.rest()

    @property
    def _idle(self) -> bool:
        return self.paused or not self.current.trainer.alive

    @property
    def _still(self) -> bool:
        """Whether every picture would be the same."""
        return self._idle and not self.current.population.stale(self.step)

    def _taken(self) -> list[Command]:
        return [self._inbox.popleft() for _ in range(len(self._inbox))]

    def _answer(self, command: Command) -> None:
        try:
            self.apply(command)
        except Refused as refusal:
            self.current.note(f"{command.words}: {refusal}")

    def apply(self, command: Command) -> Event:
        """Apply a command now and enter it into the journal. Raises Refused."""
        before = self.current.undo_point() if command.undoable else None
        try:
            with enough_memory("when it was applied"):
                text = command.apply(self)
        except OutOfMemory:
            if before:
                self.current.restore(before)
            raise
        if before:
            self._undo.keep(command.words, before)
        return self.current.note(text, command.words)

    def advance(self, count: int) -> int:
        """Train so many steps; returns how many were done (none once every replica has diverged)."""
        if not self.current.trainer.alive:
            return 0
        before = self.step
        with enough_memory(f"after step {before:,}"):
            self.current.advance(count)
        return self.step - before

    def snapshot(self) -> Snapshot:
        """A fresh picture of the run."""
        return self._complete(self._picture(live=False))

    def _picture(self, live: bool) -> Snapshot:
        from periodic_tui.engine.picture import picture_of

        with enough_memory(f"in measuring after step {self.step:,}"):
            return picture_of(self.current, self._view, live)

    def _complete(self, picture: Snapshot) -> Snapshot:
        engine = ", ".join(filter(None, (picture.engine, self.steppers.remark)))
        return replace(picture, state=self._state(picture), rate=self._pacer.rate, pace=self._pacer.pace, engine=engine)

    def _state(self, picture: Snapshot) -> State:
        if not self.current.trainer.alive:
            return "diverged"
        if self.paused:
            return "paused"
        return "solved" if picture.verdict.code == "solved" else "training"

    @property
    def state(self) -> State:
        """The state that the header shows."""
        return self.snapshot().state

    def summary(self) -> dict[str, Any]:
        """The summary's fields that the run knows (see the README)."""
        from periodic_tui.engine.summary import summary_of

        with enough_memory(f"in measuring after step {self.step:,}"):
            return summary_of(self.current)

    def _publish(self) -> None:
        """Take a picture; one that is interrupted is taken after the command, in the end without giving way."""
        started = self._clock()
        deaths = self.current.deaths_seen
        try:
            with self._preemption.preemptible(self._frames.patient(started)):
                picture = self._picture(live=True)
        except Preempted:
            self._frames.interrupted(started)
            return
        finally:
            if self._view.stop_at_death and self.current.deaths_seen > deaths:
                self.paused = True
        self._latest = self._complete(picture)
        self._frames.took(started, self._clock())

    # The verbs of the commands.

    def inject(self, offset: float) -> str:
        """Set the known answer."""
        return self.current.inject(offset)

    def reinitialize(self, seed: int | None) -> str:
        """Draw the parameters afresh; the preset's pace holds again, so that one sees it happen."""
        return self.current.reinitialize(seed)

    def set(self, key: str, value: str) -> str:
        """Change one value in mid-run."""
        text = self.current.set(key, value)
        self._pacer.forget_cost()
        if key == "training.pace":
            self._pacer.set(self.current.experiment.training.pace)
        return text

    def remedy(self, name: str) -> str:
        """Begin a remedy."""
        return self.current.remedy(name)

    def pace(self, rate: float) -> str:
        """Train at so many steps a second."""
        self._pacer.set(rate)
        return f"set the pace to {rate:g} steps/s" if rate else "trained flat out"

    def pause(self) -> str:
        """Stop between two steps."""
        self.paused = True
        return "paused"

    def resume(self) -> str:
        """Go on."""
        self.paused = False
        self._pacer.restart()
        return "resumed"

    def single_step(self) -> str:
        """Take one step and stay paused."""
        self.paused = True
        self.advance(1)
        return "took one step"

    def undo(self) -> str:
        """Go back to what was before the last command."""
        words, before = self._undo.take()
        text = self.current.restore(before)
        self._pacer.forget_cost()
        return f"undid {words}: {text}"

    def engine(self, name: str) -> str:
        """Go on with another engine."""
        text = self.steppers.switch(self.current.trainer, name)
        self._pacer.forget_cost()
        return text

    def load(self, preset: str) -> str:
        """Begin a new run; the old one goes on where the preset cannot be run."""
        try:
            name, experiment = self._load(preset)
        except ValueError as problem:
            raise Refused(str(problem)) from None
        self._begin(name, experiment)
        return f"loaded {name}"
