"""When a step is looked at, and when a picture is taken: a share of the time, and no more."""

from __future__ import annotations

import math
from collections.abc import Callable

from periodic_tui.engine.scheduling.budget import Budget

_CREDIT, _APART = 0.15, 1.25
"""Seconds that may be spent beforehand, so that short trainings are seen as well: on steps that are so many times as
far from the beginning as those before them."""
_TICK, _LATE = 0.25, 0.9
"""Seconds between two pictures, at least; and at most, whatever looks have cost, for who follows wants to see how it
goes now."""
_ONCE = 0.02
"""Seconds that the first look costs at most: what it does once is not paid back."""
_STEPS = 1000
"""After so many, at most, it is asked again: losses wait so long to be fetched."""
_A_CALL = 2e-6
"""Seconds that a call takes longer for being told."""


class When:
    """By a clock in seconds."""

    def __init__(self, share: float, clock: Callable[[], float]) -> None:
        self.now = clock
        self.began = clock()
        self._share, self._budget = share, Budget(share, clock)
        self._first, self._early = 0, 0.0
        self._tick = self._late = self._not_charged = 0.0
        self._moment, self._step = -math.inf, 0.0
        """Before this moment and this step there is nothing to ask."""

    @property
    def spent(self) -> float:
        """Share of the time that was spent so far."""
        return (self._budget.total + self._not_charged) / max(1e-9, self.now() - self.began)

    def is_idle(self, step: int) -> bool:
        """Whether nothing is due for certain: asked after every step."""
        return step < self._step and self.now() < self._moment

    def looks_at(self, step: int) -> bool:
        """Whether to look at the step after this one; whatever that costs at the first two, and each time that there
        are twice as many: that is seldom, and a short training is known from little else."""
        done = step - self._first
        early = done >= self._early and self._budget.credit(_CREDIT) > 0
        if early or done & (done - 1) == 0:
            self._early = done * _APART
            return True
        return self._budget.ready

    def plan(self, step: int) -> None:
        """Find out when it has to be asked again, after this step."""
        done, credit = step - self._first, self._budget.due - _CREDIT / self._share
        self._moment = min(self._budget.due, max(self._tick, min(credit, self._late)))
        self._step = min(step + _STEPS, self._first + (1 << done.bit_length()))
        if self.now() >= credit:
            self._step = min(self._step, self._first + self._early)
        else:
            self._moment = min(self._moment, credit)

    def again(self, step: int) -> None:
        """Another training begins after that step."""
        self._first, self._early = step, 0.0

    def ticks(self) -> bool:
        """Whether it is time for a picture."""
        now = self.now()
        due = now >= self._late or (now >= self._tick and self._budget.credit(_CREDIT) > 0)
        if due:
            self._tick, self._late = now + _TICK, now + _LATE
        return due

    def showed(self, started: float) -> None:
        """A picture was begun then and is done now: half of what is earned meanwhile stays for looks."""
        ended = self.now()
        charged = min(ended - started, self._budget.earned / 2) if self._budget.total else ended - started
        self._budget.took(ended - charged, ended)
        self._not_charged += ended - started - charged

    def took(self, started: float, before: float = 0.0, calls: int = 0) -> None:
        """Something began then and ends now; `before`: seconds that it had taken in passing, by so many calls."""
        ended = self.now()
        began = started - before - calls * _A_CALL
        self._budget.took(max(began, ended - _ONCE) if not self._budget.total else began, ended)
