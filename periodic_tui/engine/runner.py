"""What a run is trained by, without a thread: commands, steps, pictures and the summary."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from periodic_tui.engine.commands.base import Command
from periodic_tui.engine.errors import OutOfMemory, Refused
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.plural import counted
from periodic_tui.engine.scheduling.pacing import Pacer
from periodic_tui.engine.scheduling.preemption import Preemption, Waiting
from periodic_tui.engine.snapshot import Event, Snapshot, State, View
from periodic_tui.engine.torch_loading import load_torch
from periodic_tui.engine.training.memory import UNDO_POINTS, enough_memory

if TYPE_CHECKING:
    from periodic_tui.engine.diagnosis import Diagnosis, Report
    from periodic_tui.engine.run import Run, UndoPoint
    from periodic_tui.engine.training.gpu_meter import GpuMeter
    from periodic_tui.engine.training.stepper_choice import StepperChoice

LoadPreset = Callable[[str], tuple[str, Experiment]]
"""From a preset's name or path to its name and experiment; raises ValueError with one line."""


class Runner:
    """Trains one run after another, each by `advance`. `presets` are the names that `next:preset` goes through."""

    def __init__(
        self,
        load: LoadPreset,
        name: str,
        experiment: Experiment,
        *,
        device: str = "auto",
        engine: str = "auto",
        threads: int | None = None,
        paused: bool = False,
        presets: Sequence[str] = (),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.presets, self.paused = presets, paused
        self.pacer = Pacer(clock)
        self._load, self._first = load, (name, experiment)
        self._device, self._engine, self._threads = device, engine, threads
        self._interactive = False
        self._clock = clock
        self._view = View()
        self._work, self._stopped = Waiting(), threading.Event()
        self._preemption = Preemption(self._work.is_set, self._work.flag)
        self._found: Diagnosis | None = None
        """What the last picture was drawn from."""
        self._run: Run | None = None
        self._steppers: StepperChoice | None = None
        self._meter: GpuMeter | None = None
        self._undo: deque[tuple[str, UndoPoint]] = deque(maxlen=UNDO_POINTS)
        self._pictures = 0
        self.remarks: tuple[str, ...] = ()
        """What there is to be told of the program that makes the networks, a line each."""
        self.waiting: Callable[[float], object] = lambda left: None
        """Told, while a build is waited for, how many seconds it may take yet; set before `open`."""
        self._unseen = False
        """Whether nobody has seen yet what the present life begins from."""

    def stop(self) -> None:
        """Ask whoever trains to end, and whoever waits for a build to give it up; from any thread."""
        self._stopped.set()
        self._work.set()

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
    def steppers(self) -> StepperChoice:
        """What chooses the engine."""
        assert self._steppers is not None, "open() comes first"
        return self._steppers

    def open(self) -> None:
        """Import torch and build the first run. Raises Refused."""
        try:
            load_torch()
        except (ImportError, MemoryError, OSError, SystemError) as failure:  # whatever a lack of memory comes out as
            raise Refused(f"torch cannot be loaded: {str(failure) or 'out of memory'}") from None
        from periodic_tui.engine.training.gpu_meter import GpuMeter
        from periodic_tui.engine.training.stepper_choice import StepperChoice

        self._meter = GpuMeter(self._clock)
        self._steppers = StepperChoice(
            self._engine, self._interactive, self._clock, self._stopped.is_set, self._note, self.waiting, self._threads
        )
        self._begin(*self._first)

    def settle(self, steps: int | None, seconds: float | None) -> None:
        """Decide before the first step which engine pays for a run of so many steps or seconds; None: no limit."""
        limits = [math.inf if limit is None else limit for limit in (steps, seconds)]
        if told := self.steppers.settle(self.current.trainer, *limits):
            self._note(told)

    def load(self, preset: str) -> None:
        """Begin a new run; the old one goes on where Refused is raised."""
        try:
            name, experiment = self._load(preset)
        except ValueError as problem:
            raise Refused(str(problem)) from None
        self._begin(name, experiment)

    def renew(self, values: Mapping[str, str]) -> None:
        """Begin a new run of the preset as the old one began, with values changed by their keys; its journal begins
        with such changes from before. The old one goes on where Refused is raised."""
        from periodic_tui.engine.experiment.mid_run import changed
        from periodic_tui.engine.training.own_module import anew

        before = self.current
        self._begin(before.name, anew(changed(before.began, values)))
        for event in before.journal:
            if event.command and event.command.startswith("new:"):
                self._note(event.text, event.command)

    def _begin(self, name: str, experiment: Experiment) -> None:
        import torch

        from periodic_tui.engine.run import Run
        from periodic_tui.engine.training.device_choice import settled
        from periodic_tui.engine.training.gpu_meter import busy
        from periodic_tui.engine.training.own_module import remarks, with_module

        torch.set_num_threads(1)
        torch.set_float32_matmul_precision("highest")  # with TF32 a fit ends at 1e-7, whatever the environment wants
        number = self._run.number + 1 if self._run else 1
        waits = not (self._interactive and self._run)
        with enough_memory(f"when {name} began"):
            before, experiment = experiment.model, with_module(experiment)
            device, why, memory = settled(self._device, experiment, self.steppers)
            taken = None if self._run else busy(device)
            run = Run(number, name, experiment, device, self._preemption, self.steppers.at_once, self._work.set)
            self.remarks = tuple(remarks(before, experiment.model))
            for told in filter(None, (*self.remarks, why, taken, memory, self.steppers.begin(run.trainer, waits))):
                run.note(told)
            if shared := self.steppers.share(run.trainer):
                run.note(*shared)
        self._go_over_to(run)

    def _go_over_to(self, run: Run) -> None:
        """Train another run from now on."""
        if self._run:
            self._run.close()
        self._run, self._found = run, None
        self._undo.clear()
        self.pacer.begin(0.0)
        self.begin_life()

    def begin_life(self) -> None:
        """The parameters were drawn: their first steps are paced as the preset wants it."""
        training = self.current.experiment.training
        if training.pace:
            self.pacer.begin(training.pace, self.current.life + training.pace_steps if training.pace_steps else None)
        self._unseen = True

    def _note(self, text: str, command: str | None = None) -> None:
        self.current.note(text, command)

    def apply(self, command: Command) -> Event:
        """Apply a command now and enter it into the journal, or raise Refused and change nothing."""
        refused, told = Refused("there is nothing else to go on to"), ""
        for candidate in command.resolved(self):
            if told:
                self._note(f"passed over: {told}")
            try:
                event = self._applied(candidate)
            except Refused as refusal:
                refused, told = refusal, f"{candidate.words}: {refusal}"
            else:
                return self._followed(command.after(candidate), event)
        raise refused

    def _followed(self, command: Command | None, event: Event) -> Event:
        """Apply what follows on a command, if anything does; returns the last event."""
        try:
            return self.apply(command) if command else event
        except Refused as refusal:
            return self.current.note(f"passed over: {refusal}")

    def _applied(self, command: Command) -> Event:
        self.current.arrive()
        if command.undoable:
            self._look_first()
        before = None
        try:
            with enough_memory("when it was applied"):
                if command.undoable:
                    before = self.current.undo_point()
                    self.current.measured.note(self._view)
                text = command.apply(self)
        except OutOfMemory as reason:
            lost = self._make_room()
            if before:
                with enough_memory("when it was taken back"):
                    self.current.restore(before)
            raise OutOfMemory(f"{reason}{lost}") from None
        if before:
            self._undo.append((command.words, before))
        return self.current.note(text, command.words, command.passing)

    def _make_room(self) -> str:
        """Let go of what commands can be undone to, and tell it."""
        count = len(self._undo)
        self._undo.clear()
        return f"; {counted(count, 'command')} can no longer be undone" if count else ""

    def undo(self) -> str:
        """Go back to what was before the last command that changed what is trained. Raises Refused."""
        self._look_first()
        if not self._undo:
            raise Refused("there is nothing to undo")
        words, before = self._undo.pop()
        self.current.measured.note(self._view)
        self.current.restore(before)
        self.pacer.forget_cost()
        return f"undid {words}: {self.current.figures()}"

    def branch(self, step: int, lines: int | None) -> str:
        """Go back to a recorded step. Raises Refused."""
        raise Refused("nothing is recorded, so there is nothing to go back to")

    @property
    def chunk(self) -> int:
        """Most steps to be trained at once where nobody watches."""
        from periodic_tui.engine.training.chunks import chunk_for

        return chunk_for(self.current.trainer)

    def advance(self, count: int, preemptible: bool = False) -> int:
        """Train so many steps; returns how many were done: fewer where every replica has diverged, and with
        `preemptible` where a command comes."""
        before = self.step
        if self.steppers.awaited:
            raise Refused("the step is being compiled, and none is taken before it is")
        if self.current.trainer.alive:
            with enough_memory(f"after step {before:,}"):
                self.current.advance(count, preemptible)
        return self.step - before

    def snapshot(self, live: bool = False) -> Snapshot:
        """A fresh picture of the run, for which every replica is read, but nothing is looked into that takes long; for
        a live one see Measurements.observe."""
        if live:
            self.look_for_deaths()
        with enough_memory(f"in measuring after step {self.step:,}"):
            self._found = self.current.observe(self._view, live, self._idle, brief=not live)
            return self._as_picture(self._found)

    def report(self) -> Report:
        """What is told of a run on the way: of a fresh picture, as often as the steps in between pay for one."""
        from periodic_tui.engine.diagnosis import Report

        if self.current.measured.affords_look:
            picture = self.snapshot()
            return Report(picture.step, picture.loss, picture.train_loss, picture.omega)
        with enough_memory(f"in measuring after step {self.step:,}"):
            return self.current.measured.report(self._view)

    def _as_picture(self, found: Diagnosis) -> Snapshot:
        from periodic_tui.engine.picture import picture_of

        picture = picture_of(self.current, found, self._view)
        self._pictures += 1
        return replace(
            picture,
            picture=self._pictures,
            state=self._state(picture.verdict.code),
            rate=0.0 if self._idle else self.pacer.rate,
            pace=self.pacer.pace,
            gpu=self._meter.read(self.current.trainer.device) if self._meter else None,
            engine=", ".join(filter(None, (picture.engine, self.steppers.told))),
        )

    def look_for_deaths(self, hurried: bool = False) -> bool:
        """Enter the deaths and revivals since the last look, and stop at the first death where the view wants that; a
        `hurried` look does not seek their steps. Returns whether there were any."""
        with enough_memory(f"in measuring after step {self.step:,}"):
            found = self.current.look_for_deaths(self._view, hurried)
            if found.died:
                self.paused |= self._view.stop_at_death
                kept = [each for each in self._undo if each[1].step <= self.step]
                self._undo = deque(kept, UNDO_POINTS)
        return bool(found.events)

    def _look_first(self) -> None:
        """Enter the deaths since the last look before a command acts, as none is found after it; their steps are sought
        only where the view wants to stop there: a key waits."""
        if self.current.measured.looked_before():
            self.look_for_deaths(hurried=not self._view.stop_at_death)

    @property
    def _idle(self) -> bool:
        """Whether nothing is trained."""
        return self.paused or self.steppers.awaited or not self.current.trainer.alive

    def _state(self, verdict: str) -> State:
        if not self.current.trainer.alive:
            return "diverged"
        if self.paused:
            return "paused"
        if self.steppers.awaited:
            return "starting"
        return "solved" if verdict == "solved" else "training"

    def summary(self) -> dict[str, Any]:
        """The summary's fields that the run knows (see the README)."""
        from periodic_tui.engine.summary import summary_of

        with enough_memory(f"in measuring after step {self.step:,}"):
            return summary_of(self.current)
