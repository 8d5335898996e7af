"""Training without a screen: what happens at which step, until when, and what is reported."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from periodic_tui.engine.commands.base import Command
from periodic_tui.engine.errors import Refused

if TYPE_CHECKING:
    from periodic_tui.engine.diagnosis import Report
    from periodic_tui.engine.snapshot import Event

Status = Literal["finished", "interrupted", "diverged"]
Timed = tuple[int, Command]
"""A command, and after how many steps it acts."""

SNAPSHOTS = 20
"""Snapshots of a run where nothing else is asked for; those by time take no more than a twentieth of it, either."""


def usual_every(steps: int) -> int:
    """Steps between two snapshots of a run of so many, where nothing else is asked for."""
    return max(1, steps // SNAPSHOTS)


class Trainable(Protocol):
    """What is needed of a session; tests script one."""

    @property
    def chunk(self) -> int: ...
    def advance(self, count: int) -> int: ...
    def apply(self, command: Command) -> Event: ...
    def report(self) -> Report: ...


@dataclass(frozen=True)
class Plan:
    """What happens at which step."""

    steps: int | None
    """Steps in all; None: until the time is over."""
    every: int | None
    """Steps between snapshots; None: a twentieth of the time."""
    seconds: float | None = None
    """Time in all; None: no limit."""
    commands: tuple[Timed, ...] = ()
    """In the order in which they were given."""

    @classmethod
    def of_steps(cls, steps: int, commands: tuple[Timed, ...] = ()) -> Plan:
        """So many steps, with the usual snapshots."""
        return cls(steps, usual_every(steps), None, commands)

    def next_stop(self, done: int) -> float:
        """The first step after `done` at which something happens; inf where only time will tell."""
        ahead = [step for step, _ in self.commands if step > done]
        steps = math.inf if self.steps is None else self.steps
        snapshot = math.inf if self.every is None else done - done % self.every + self.every
        return min(snapshot, steps, *ahead)

    def next_moment(self, elapsed: float, took: float) -> float:
        """The moment after so many seconds at which the next snapshot is due by time, where the last one took so long;
        inf where they go by steps."""
        if self.every is not None or not self.seconds:
            return math.inf
        pause = self.seconds / SNAPSHOTS
        return max((elapsed // pause + 1) * pause, elapsed + SNAPSHOTS * took)


@dataclass
class Headless:
    """One training run by a plan."""

    session: Trainable
    plan: Plan
    report: Callable[[Report, float], None]
    """Gets what is told at every snapshot, and the steps per second since the one before."""
    progress: Callable[[float], None] = lambda share: None
    """Gets the share of the run that is done."""
    stopped: Callable[[], bool] = lambda: False
    """Whether somebody wants it to end."""
    clock: Callable[[], float] = time.perf_counter
    began: int = 0
    """Steps that were done before."""
    done: int = 0
    """Steps done."""
    elapsed: float = 0.0
    """Seconds of training."""

    def run(self, began: int = 0, elapsed: float = 0.0) -> Status:
        """Train, after so many steps and seconds; the commands of a step act before its snapshot. Raises Refused where
        one cannot be applied."""
        self.began = self.done = began
        self.elapsed, self._started = elapsed, self.clock() - elapsed
        self._reported = began, elapsed
        self._moment = 0.0 if self.plan.every is None else math.inf
        while True:
            self._apply_due()
            if self._snapshot_due():
                self._report()
            if self.plan.steps is not None and self.done >= self.plan.steps:
                return "finished"
            if ended := self._advance_to(self.plan.next_stop(self.done)):
                return ended

    def _snapshot_due(self) -> bool:
        return self.elapsed >= self._moment if self.plan.every is None else self.done % self.plan.every == 0

    def _advance_to(self, stop: float) -> Status | None:
        """Train up to `stop`, or until a snapshot is due by time; None if the run goes on from there."""
        while self.done < stop and self.elapsed < self._moment:
            if self.stopped():
                return "interrupted"
            if self.plan.seconds is not None and self.elapsed >= self.plan.seconds:
                return "finished"
            asked = int(min(stop - self.done, self.session.chunk))
            trained = self.session.advance(asked)
            self.done += trained
            self.elapsed = self.clock() - self._started
            self.progress(self._share())
            if trained < asked:
                return "interrupted" if self.stopped() else "diverged"
        return None

    def _share(self) -> float:
        by_steps = self.done / self.plan.steps if self.plan.steps else 0.0
        by_time = self.elapsed / self.plan.seconds if self.plan.seconds else 0.0
        return min(1.0, max(by_steps, by_time))

    def _apply_due(self) -> None:
        for step, command in self.plan.commands:
            if step == self.done:
                try:
                    self.done = max(self.done, self.session.apply(command).step)  # one of them takes a step
                except Refused as reason:
                    raise Refused(f"--at {step}:{command.words}: {reason}") from None

    def _report(self) -> None:
        done, elapsed = self._reported
        took = self.elapsed - elapsed
        began = self.clock()
        self.report(self.session.report(), (self.done - done) / took if took > 0 else 0.0)
        self._reported = self.done, self.elapsed
        self._moment = self.plan.next_moment(self.elapsed, self.clock() - began)
