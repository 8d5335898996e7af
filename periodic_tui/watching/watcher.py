"""What stands between the hooks and the recording: remembers, judges, and hands pictures over."""

from __future__ import annotations

import math
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.script import Script
from periodic_tui.engine.snapshot import Event, Snapshot, State
from periodic_tui.watching.deaths import Deaths
from periodic_tui.watching.findings import Look
from periodic_tui.watching.judge import judge
from periodic_tui.watching.memory import Memory
from periodic_tui.watching.picture import picture
from periodic_tui.watching.untrained import NO_STEP, untrained

_EVENTS = 200
"""The last ones that pictures show."""
_ENDED = {None: "finished", 0: "finished", 130: "interrupted"}
"""How a script ends, by its exit code; by any other it has failed."""
_PATIENCE = 5.0
"""Seconds for which its end waits for the disk, at most."""
_LOSSES = 4096
"""That wait to be remembered, at most."""


class Watcher:
    """Of one script. None of its methods but those of the hooks' thread may be called while it trains."""

    def __init__(self, recorder: Recorder, script: Script, clock: Callable[[], float] = time.perf_counter) -> None:
        self.recorder, self.script, self.memory = recorder, script, Memory()
        self.step = 0
        self.last_loss = math.nan
        self.on_close: Callable[[], object] = lambda: None
        """Called first when all is over."""
        self.broken = ""
        """What went wrong in watching itself."""
        self._clock, self._began, self._pid = clock, clock(), os.getpid()
        self._deaths = Deaths()
        self._events: deque[Event] = deque(maxlen=_EVENTS)
        self._losses: list[float] = []
        self._first = 0
        self._seconds = 0.0
        self._closed = False

    # What the hooks tell.

    def lost(self, step: int, loss: float) -> None:
        """The loss of a step."""
        if step != self._first + len(self._losses) or len(self._losses) >= _LOSSES:
            self._remember()
            self._first = step
        self._losses.append(loss)
        self.step, self.last_loss = step, loss

    def stepped(self, step: int, seconds: float) -> None:
        """So many steps are done, in so long; told now and then."""
        self.step, self._seconds = step, seconds
        self.recorder.status(step, seconds)
        if self.recorder.wants_picture:
            self.recorder.picture(self.picture())

    def saw(self, look: Look) -> None:
        """A step was looked at."""
        self._remember()
        self.step, self._seconds = look.step, look.seconds
        self.memory.saw(look)
        self.script = replace(self.script, looks=self.memory.looks, models=look.models)
        for text in self._deaths.saw(look):
            self.event(text)

    def event(self, text: str) -> None:
        """Something happened."""
        event = Event(self.step, text)
        self._events.append(event)
        self.recorder.event(event)

    def failed(self, bug: Exception) -> None:
        """Watching itself is at fault, and is off from now on."""
        if not self.broken:
            self.broken = f"{type(bug).__name__}: {bug}"
            self.event(f"watching is switched off, the script goes on: {self.broken}")

    # What the script, and who started it, tell.

    def log(self, **values: float) -> None:
        """Values that the script names."""

    def picture(self, state: State = "training") -> Snapshot:
        """As it is now."""
        self._remember()
        causes = judge(self.memory) if self.step or state != "finished" else (untrained(NO_STEP),)
        rate = self.step / self._seconds if self._seconds else 0.0
        return picture(
            self.memory, causes, self.script, name=self.recorder.about.name, step=self.step, rate=rate,
            loss=self.last_loss, state=state, events=tuple(self._events), device="cpu",
        )  # fmt: skip

    def close(self, code: int | None) -> None:
        """The script has ended, with that code."""
        if self._closed or os.getpid() != self._pid:
            return
        self._closed = True
        self.on_close()
        self.script = replace(self.script, code=code)
        self.recorder.picture(self.picture("finished"))
        self.recorder.close(_ENDED.get(code, "failed"), _PATIENCE)

    def _remember(self) -> None:
        if self._losses:
            self.memory.lost(self._first, self._losses)
            self._first, self._losses = self._first + len(self._losses), []
