"""Which stepper runs the steps of a session, and when it changes. It holds no trainer: an old run is gone at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from typing import TYPE_CHECKING

from periodic_tui.engine.components.optimizers import ElementWise
from periodic_tui.engine.errors import Refused, Unavailable
from periodic_tui.engine.slices import Slices, finished
from periodic_tui.engine.training.against_eager import check_of
from periodic_tui.engine.training.aot.build_process import USUAL, Build, obstacle
from periodic_tui.engine.training.aot.cache import Damaged, build_seconds, find
from periodic_tui.engine.training.aot.cache_key import key_of
from periodic_tui.engine.training.aot.compiled import Compiled
from periodic_tui.engine.training.aot.groups import Groups
from periodic_tui.engine.training.on_cuda import fast_on_cuda, single
from periodic_tui.engine.training.rates import rate_of, steps_per_second
from periodic_tui.engine.training.steppers import Stepper
from periodic_tui.engine.training.steppers.checking import Checking
from periodic_tui.engine.training.threads import ThreadChoice
from periodic_tui.engine.training.trainer import Trainer

if TYPE_CHECKING:
    from periodic_tui.engine.experiment import Experiment

_PATIENCE = 1.0
"""Seconds of a run before a build begins: it would slow the start down, and many runs are over sooner."""
_PAYS = 2.0
"""A build is waited for where training eagerly would take so many times as long as the build."""
_LOOK = 0.02
"""Seconds between two looks at a build that is waited for."""
_FEW = 8
"""Steps of the larger graph where it must be captured soon."""
Note = Callable[[str, str | None], object]
"""Enters an event into the run's list: what happened and, for the journal, the command that repeats it."""


class StepperChoice:
    """Finds, builds and swaps the steppers of one session's runs, one after another.

    `interactive`: builds run in the background and are swapped in when they are ready; otherwise they are waited for.
    """

    def __init__(
        self,
        wanted: str,
        interactive: bool = False,
        clock: Callable[[], float] = time.perf_counter,
        stopped: Callable[[], bool] = lambda: False,
        note: Note = lambda text, command: None,
        waiting: Callable[[float], object] = lambda left: None,
        threads: int | None = None,
    ) -> None:
        self.wanted = wanted
        self.threads = ThreadChoice(threads)
        self.remark = ""
        """What is to be said beside the engine's name."""
        self._note = note
        self._waiting = waiting
        """Told again and again, while a build is waited for, how many seconds it may take yet."""
        self._stopped = stopped
        self.interactive = interactive
        self._clock = clock
        self._build: Build | None = None
        self._build_at: float | None = None
        self.awaited = False
        """Whether no step is to be taken before the build has ended."""
        self._swapping: Slices[None] | None = None
        """The check of a stepper that is to be used, under way."""
        self._open, self._unshared = False, False
        """Whether it is still to be decided if a build pays, and how many threads do."""
        self._checked: dict[tuple[str, Groups], Stepper] = {}
        """Key of the step and the groups to a compiled stepper that agreed with the eager one."""
        self._graph: tuple[Experiment, Stepper] | None = None
        """The last one on CUDA: only one, since it holds memory there."""
        self._alone: tuple[Experiment, Stepper] | None = None
        """The same, of one replica of many by itself."""

    @property
    def told(self) -> str:
        """What the header says beside the engine's name; of a build, how long it may take yet."""
        left = self._build and ceil(self._build.left)
        return f"{self.remark}, {left} s left" if left else self.remark

    def begin(self, trainer: Trainer, waits: bool = True) -> str | None:
        """Choose the stepper of a run that has not begun; returns what was chosen, None while that is open.

        Where `compiled` is wanted and it is yet to be built, this `waits` for it, or leaves it `awaited`. Raises
        Refused where it cannot be.
        """
        self.cancel()
        if trainer.device.type != "cuda":
            self._graph = None
        self._alone = None
        trainer.stepper_for, trainer.stepper_alone = self._changed, self._by_itself
        if self.wanted == "eager":
            return None
        try:
            stepper, removed = self._found(trainer)
            if stepper is None and self.wanted == "compiled":
                self._build, self.awaited = _build_for(trainer), not waits
                stepper = self._built(trainer) if waits else None
        except Unavailable as reason:
            if self.wanted == "compiled":
                raise Refused(f"engine compiled: {reason}") from None
            return f"engine: eager; {reason}"
        if stepper is None and self.awaited:
            self.remark = "compiling"
            return removed
        if stepper is None:
            self._open = True
            self._build_soon()
            return removed
        trainer.stepper = stepper
        return "; ".join(filter(None, ("engine: compiled", stepper.how, removed)))

    def settle(self, trainer: Trainer, steps: float, seconds: float) -> str | None:
        """Decide, before the first step of so many or so long a run, whether a build pays, and wait for it if so;
        returns what was decided, None where there was no choice."""
        if not self._open:
            return None
        eager = min(steps / steps_per_second(trainer.stepper, trainer), seconds)
        build = build_seconds() or USUAL
        estimate = f"training eagerly takes about {eager:.0f} s, building about {build:.0f} s"
        if eager < _PAYS * build:
            return f"engine: eager; {estimate}"
        try:
            trainer.stepper = self._built(trainer)
        except Unavailable as reason:
            return f"engine: eager; {reason}"
        finished(self._sharing(trainer))
        return f"engine: compiled; {estimate}"

    def share(self, trainer: Trainer) -> tuple[str, str] | None:
        """Let as many threads as pay take the trainer's steps, on the screen in a later turn. Where the last bits may
        depend on how many those are, what is to be told, and the command that repeats it."""
        self._unshared = self.interactive and not self.threads.wanted
        return None if self._unshared else finished(self._shared(trainer))

    def _shared(self, trainer: Trainer) -> Slices[tuple[str, str] | None]:
        # An eager one of its own: torch's optimizers change with every step.
        stepper = trainer.stepper if trainer.stepper.name == "compiled" else trainer.eager()
        told = yield from self.threads.settle(stepper, trainer, lambda each: rate_of(each, trainer))
        return (told, f"threads:{trainer.stepper.threads}") if told else None

    def _sharing(self, trainer: Trainer) -> Slices[None]:
        """The same, told as an event."""
        self._unshared = False
        if told := (yield from self._shared(trainer)):
            self._note(*told)

    def use_threads(self, trainer: Trainer, count: int) -> str:
        """Let so many threads take the steps from now on; returns what happened."""
        self.threads.wanted = count
        self.share(trainer)
        own = trainer.device.type == "cpu"
        return f"threads: {trainer.stepper.threads}" if own else f"threads: {count}, once the processor trains"

    def turn(self, trainer: Trainer, wanted: Callable[[], bool] = lambda: False) -> bool:
        """Between two chunks: begin a build that is due, check and swap in one that is ready, until a command is
        `wanted`; whether the stepper changed."""
        if self._build_at is not None and self._clock() >= self._build_at:
            self._build_at = None
            self._begin_build(trainer)
        if self._swapping is None:
            self._swapping = self._due(trainer)
        try:
            while self._swapping and not wanted():
                next(self._swapping)
        except StopIteration:
            self._swapping = None
            return True
        except Unavailable as reason:
            self._swapping, self.remark, self.awaited = None, "alone", False
            self._note(f"engine: eager; {reason}", None)
        return False

    def _due(self, trainer: Trainer) -> Slices[None] | None:
        """What is to be done to the stepper."""
        if isinstance(trainer.stepper, Checking):
            return self._settled(trainer, trainer.stepper)
        if self._build and self._build.done:
            return self._swap_in(trainer)
        return self._sharing(trainer) if self._unshared else None

    def _settled(self, trainer: Trainer, stepper: Checking) -> Slices[None]:
        """Check the stepper that the run goes on with."""
        try:
            yield from stepper.check
        except Unavailable as reason:
            trainer.stepper = self._changed(trainer, str(reason))
        else:
            trainer.stepper = stepper.stepper
        if self._unshared:
            yield from self._sharing(trainer)

    def _swap_in(self, trainer: Trainer) -> Slices[None]:
        """Go on with what has been built."""
        stepper = self._built(trainer)
        if isinstance(stepper, Checking):
            yield from stepper.check
            stepper = stepper.stepper
        self._note((yield from self._swap(trainer, stepper)), "engine:compiled")

    def _changed(self, trainer: Trainer, failure: str) -> Stepper:
        """The stepper of a step that changed in mid-run: another compiled one at hand, or the eager one, which also
        goes on where the compiled one has failed."""
        if failure:
            self.cancel()
            self.wanted = "eager"
            self._note(f"engine: eager; {failure}", "engine:eager")
            return trainer.eager()
        was_compiled = trainer.stepper.name == "compiled"
        if self._build or self._build_at:
            self._build_anew(trainer)
        if not was_compiled:
            return trainer.eager()
        try:
            stepper = self.at_hand(trainer)
            if stepper is None and self.wanted == "compiled" and not self.interactive:
                stepper = self._built(trainer)
        except Unavailable as reason:
            self._note(f"engine: eager; {reason}", "engine:eager")
            return trainer.eager()
        if stepper:
            return stepper
        self._note("engine: eager; the changed step must be compiled anew", "engine:eager")
        self._build_soon()
        return trainer.eager()

    def _build_anew(self, trainer: Trainer) -> None:
        """Build the step that has changed instead of the one that was to be built."""
        awaited = self.awaited
        self.cancel()
        if awaited:
            self._begin_build(trainer)
            self.awaited = self._build is not None
        else:
            self._build_soon()

    def switch(self, trainer: Trainer, name: str) -> str:
        """Go on with the engine of that name; returns what happened. Raises Refused."""
        trainer.suit_stepper()
        already = trainer.stepper.name == name
        stepper = trainer.stepper if already else trainer.eager() if name == "eager" else self._compiled(trainer)
        self.cancel()
        self.wanted = "eager" if name == "eager" else "auto" if self.interactive else "compiled"
        return f"engine: {name} already" if already else finished(self._swap(trainer, stepper))

    def go_on(self, wanted: str) -> None:
        """A recorded run goes on with what is wanted now: where it trains eagerly, a build may begin."""
        eager = self.wanted == "eager"
        self.wanted = wanted
        if eager and wanted != "eager":
            self._build_soon()

    def _compiled(self, trainer: Trainer) -> Stepper:
        """A compiled stepper now. Raises Refused where it cannot be, or where it is yet to be built."""
        try:
            stepper = self.at_hand(trainer) or (None if self.interactive else self._built(trainer))
        except Unavailable as reason:
            raise Refused(str(reason)) from None
        if stepper is None:
            self.wanted, self._build_at = "auto", None
            if not self._build:
                self._begin_build(trainer)
            raise Refused("the step is being compiled; it is swapped in when it is ready")
        return stepper

    def cancel(self) -> None:
        """Give up a build that is under way or due."""
        if self._build:
            self._build.cancel()
        self._build, self._build_at, self._open, self.remark = None, None, False, ""
        self._swapping, self.awaited = None, False

    def _found(self, trainer: Trainer) -> tuple[Stepper | None, str | None]:
        """A compiled stepper that need not be built, or what has become of one that was damaged."""
        try:
            return self.at_hand(trainer), None
        except Damaged as damage:
            return None, str(damage)

    def at_hand(self, trainer: Trainer) -> Stepper | None:
        """A compiled stepper that need not be built; None if there is none. Raises Unavailable."""
        if reason := _obstacle(trainer):
            raise Unavailable(reason)
        if trainer.device.type == "cuda":
            return self._on_cuda(trainer)
        groups = _groups_of(trainer)
        key = key_of(trainer.experiment, groups.one), groups
        if key not in self._checked:
            folder = find(key[0])
            if folder is None:
                return None
            stepper = Compiled(folder, trainer.experiment, groups)
            check = self._check(key, stepper, trainer)
            if not self.interactive:
                finished(check)
            self._checked[key] = Checking(stepper, check) if self.interactive else stepper
        return self._checked[key]

    def _check(self, key: tuple[str, Groups], stepper: Stepper, trainer: Trainer) -> Slices[None]:
        """Check a stepper, and give it its threads. Raises Unavailable."""
        yield from check_of(stepper, trainer)
        if stepper.parts > 1:
            yield from self.threads.settle(stepper, trainer, lambda each: rate_of(each, trainer))
        self._checked[key] = stepper

    def _on_cuda(self, trainer: Trainer) -> Stepper:
        if self._graph:
            experiment, stepper = self._graph
            if experiment == trainer.experiment and stepper.accepts(trainer.state, trainer.step_inputs):
                return stepper
            del stepper
        self._graph = None
        self._graph = trainer.experiment, fast_on_cuda(trainer)
        return self._graph[1]

    def _by_itself(self, trainer: Trainer) -> Stepper:
        """The stepper of one of the trainer's replicas: on CUDA a kernel, or a graph of few steps, soon captured,
        where the trainer has such a one, too; else the eager one."""
        if trainer.device.type != "cuda" or trainer.stepper.name != "compiled":
            return trainer.eager()
        if self._alone is None or self._alone[0] != trainer.experiment:
            self._alone = trainer.experiment, trainer.eager()
            with suppress(Unavailable):
                self._alone = trainer.experiment, fast_on_cuda(single(trainer), _FEW)
        return self._alone[1]

    def at_once(self, trainer: Trainer) -> Stepper:
        """The fastest stepper that need not be built."""
        if self.wanted != "eager":
            with suppress(Unavailable):
                return self.at_hand(trainer) or trainer.eager()
        return trainer.eager()

    def _built(self, trainer: Trainer) -> Stepper:
        """The compiled stepper, once its build has ended."""
        build = self._build or _build_for(trainer)
        self._build = None
        while not build.done:
            if self._stopped():
                build.cancel()
                raise Unavailable("the build was given up")
            self._waiting(build.left)
            time.sleep(_LOOK)
        build.finish()
        stepper = self.at_hand(trainer)
        if stepper is None:
            raise Unavailable("the build left nothing behind")
        return stepper

    def _build_soon(self) -> None:
        if self.interactive:
            self._build_at = self._clock() + _PATIENCE

    def _begin_build(self, trainer: Trainer) -> None:
        try:
            self._build = _build_for(trainer)
            self.remark = "compiling"
        except Unavailable as reason:
            self._note(f"engine: eager; {reason}", None)

    def _swap(self, trainer: Trainer, stepper: Stepper) -> Slices[str]:
        before = trainer.stepper
        rate = yield from rate_of(before, trainer)
        trainer.stepper, self.remark, self.awaited = stepper, "", False
        yield from self._sharing(trainer)
        now = yield from rate_of(stepper, trainer)
        return f"engine: {before.name} → {stepper.name}, {rate:,.0f} → {now:,.0f} steps/s"


def _obstacle(trainer: Trainer) -> str | None:
    """Why this step cannot be compiled for its device; None if it can."""
    if trainer.device.type not in ("cpu", "cuda"):
        return f"steps are compiled for the CPU and for CUDA, not for {trainer.device}"
    captures = trainer.device.type == "cuda" and isinstance(trainer.experiment.optimizer, ElementWise)
    return None if captures else obstacle(trainer.experiment)


def _build_for(trainer: Trainer) -> Build:
    return Build(trainer.experiment, _groups_of(trainer).one)


def _groups_of(trainer: Trainer) -> Groups:
    return Groups.of(trainer.experiment, trainer.state, trainer.step_inputs)
