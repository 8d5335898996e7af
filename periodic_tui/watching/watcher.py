"""What stands between the hooks and the recording: remembers, judges, and hands pictures over."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.snapshot import Event, Script, Snapshot, State, Verdict
from periodic_tui.engine.training.history import History
from periodic_tui.watching.findings import Look, OptimizerLook
from periodic_tui.watching.picture import picture
from periodic_tui.watching.remembering.deaths import Deaths
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.verdicts.judge import judge
from periodic_tui.watching.verdicts.untrained import NO_STEP, untrained

_EVENTS = 200
"""The last ones that pictures show."""
_LOSSES = 1024
"""That wait to be remembered, at most."""
_ENDED = {None: "finished", 0: "finished", 130: "interrupted"}
"""By the exit code; any other one is a failure."""
_PATIENCE = 5.0
"""Seconds that the end waits for the disk: the last picture has the verdict."""
_NAMES = 32
"""Names of what is logged, at most."""


class Watcher:
    """Of one script. Told by the hooks, in the thread that trains, and by whoever started it."""

    def __init__(self, recorder: Recorder, script: Script) -> None:
        self.recorder, self.script, self.memory = recorder, script, Memory()
        self.step, self.last_loss = 0, math.nan
        self.causes: tuple[Verdict, ...] = ()
        """Of the last picture; never empty once there was one."""
        self.broken = ""
        """What went wrong in watching itself."""
        self.on_close: Callable[[], object] = lambda: None
        """Called first when all is over."""
        self._deaths = Deaths()
        self._process, self._closed = os.getpid(), False
        self._events: deque[Event] = deque(maxlen=_EVENTS)
        self._first, self._losses = 0, list[float]()
        self._seconds = 0.0

    # What the hooks tell.

    def lost(self, losses: Sequence[tuple[int, float]]) -> None:
        """Steps, ascending, and their losses."""
        for step, loss in losses:
            if step != self._first + len(self._losses) or len(self._losses) >= _LOSSES:
                self._remember()
                self._first = step
            self._losses.append(loss)
        if losses:
            self.step, self.last_loss = losses[-1]

    def stepped(self, step: int, seconds: float, share: float) -> None:
        """So many steps are done, in so long, of which watching took that share; told a few times a second."""
        self.step, self._seconds = step, seconds
        self.script = replace(self.script, share=share)
        self.recorder.status(step, seconds)
        if self.recorder.wants_picture:
            self.recorder.picture(self.picture())

    def saw(self, look: Look) -> None:
        """A step was looked at."""
        self._remember()
        self.step, self._seconds = look.step, look.seconds
        self.memory.saw(look)
        self.script = replace(
            self.script,
            models=look.models or self.script.models,
            optimizers=tuple(map(_described, look.optimizers)) or self.script.optimizers,
            unseen=look.unseen,
            looks=self.script.looks + 1,
        )
        for text in self._deaths.saw(self.memory.layers):
            self.event(text)

    def cannot_see(self, what: str) -> None:
        """Something cannot be seen, and why."""
        if what not in self.script.unseen:
            self.script = replace(self.script, unseen=(*self.script.unseen, what))

    def anew(self) -> None:
        """Another model trains from now on: what was remembered is not of it."""
        if self.memory.looks:
            self._judge()
            before = self.script.models[0] if self.script.models else "the one before"
            self.event(f"another model trains from here on; of {before}: {self.causes[0].text}")
        logged, self.memory, self._deaths = self.memory.logged, Memory(), Deaths()
        self.memory.logged = logged

    def event(self, text: str) -> None:
        """Something happened."""
        event = Event(self.step, text)
        self._events.append(event)
        self.recorder.event(event)

    def failed(self, bug: Exception) -> None:
        """Watching itself is at fault, and is off from now on."""
        if not self.broken:
            self.broken = f"{type(bug).__name__}: {bug}"
            self.event(f"watching is switched off, and the script goes on: {self.broken}")

    # What the script, and who started it, tell.

    def log(self, step: int, values: Mapping[str, Any]) -> None:
        """Values of a step, by name; what is no number is passed over."""
        if self._closed or os.getpid() != self._process:
            return
        for name, value in values.items():
            number = _number(value)
            if number is not None and (name in self.memory.logged or len(self.memory.logged) < _NAMES):
                history = self.memory.logged.setdefault(name, History(1, geometric=False))
                history.add(step, np.full((1, 1), number))

    def picture(self, state: State = "training") -> Snapshot:
        """As it is now."""
        self._judge()
        if not self.step and state == "finished":
            self.causes = (untrained(NO_STEP),)
        return picture(
            self.memory,
            self.causes,
            self.script,
            name=self.recorder.about.name,
            step=self.step,
            rate=self.step / self._seconds if self._seconds else 0.0,
            loss=self.last_loss,
            state=state,
            events=tuple(self._events),
        )

    def close(self, code: int | None) -> None:
        """The script has ended, with that code."""
        if self._closed or os.getpid() != self._process:
            return
        self.on_close()
        self._closed = True
        self.script = replace(self.script, code=code)
        last = self.picture("finished")
        self.recorder.remember()
        self.recorder.picture(last)
        self.recorder.close(_ENDED.get(code, "failed"), _PATIENCE)

    def _judge(self) -> None:
        self._remember()
        self.causes = judge(self.memory)

    def _remember(self) -> None:
        if self._losses:
            self.memory.lost(self._first, self._losses)
            self._first, self._losses = self._first + len(self._losses), []


def _described(optimizer: OptimizerLook) -> str:
    rate = f", lr {optimizer.lr:g}" if math.isfinite(optimizer.lr) else ""
    return f"{optimizer.kind}{rate}"


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return None
