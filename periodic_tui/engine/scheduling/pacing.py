"""How many steps to take at once: short chunks, so that a key never waits long, at the pace that is asked for."""

from __future__ import annotations

from collections.abc import Callable

_CHUNK = 0.004
"""Seconds that one chunk of steps should take."""
_WINDOW = 1.0
"""Seconds over which the rate is measured."""
_LONGEST_REST = 0.05
FLAT_OUT = 0.0
LADDER = tuple(factor * 10.0**power for power in range(7) for factor in (1, 3))
"""Paces that `slower` and `faster` climb, in steps a second: 1, 3, 10, … 3,000,000."""


class Pacer:
    """Decides the length of chunks from what steps have cost, and measures the rate."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.begin(0.0, 0)

    def begin(self, pace: float, steps: int) -> None:
        """A new run: its pace, which holds for so many steps (0: until changed)."""
        self.set(pace, steps)
        self._cost = _CHUNK
        self.rate = 0.0
        """Steps a second over the last second."""

    def set(self, pace: float, steps: int = 0) -> None:
        """From now on this pace, for so many steps (0: until changed)."""
        self.pace = pace
        """Steps a second that are asked for; 0: flat out."""
        self._paced_until = steps or None
        self.restart()

    def forget_cost(self) -> None:
        """Steps cost something else from now on: begin again with a short chunk."""
        self._cost = _CHUNK

    def restart(self) -> None:
        """Count afresh: time that passed without training does not count."""
        self._origin = self._clock()
        self._taken = 0
        self._window_start, self._window_steps = self._origin, 0

    def due(self, step: int) -> int:
        """How many steps to take now, `step` of them being done; 0: wait for `rest()`."""
        if self._paced_until is not None and step >= self._paced_until:
            self.set(0.0)
        chunk = max(1, int(_CHUNK / self._cost))
        if not self.pace:
            return chunk
        owed = int((self._clock() - self._origin) * self.pace) + 1 - self._taken
        limit = chunk if self._paced_until is None else min(chunk, self._paced_until - step)
        return max(0, min(owed, limit))

    def rest(self) -> float:
        """Seconds until the next step is due at this pace."""
        if not self.pace:
            return 0.0
        due_at = self._origin + self._taken / self.pace
        return min(max(due_at - self._clock(), 0.0), _LONGEST_REST)

    def took(self, steps: int, seconds: float, step: int) -> None:
        """So many steps took so long; a remedy's act may have been cut short before its first step."""
        if not steps:
            return
        cost = seconds / steps
        self._cost = cost if self._cost == _CHUNK else 0.8 * self._cost + 0.2 * cost
        self._taken += steps
        self._window_steps += steps
        elapsed = self._clock() - self._window_start
        if elapsed >= _WINDOW or not self.rate:
            self.rate = self._window_steps / max(elapsed, 1e-9)
        if elapsed >= _WINDOW:
            self._window_start, self._window_steps = self._clock(), 0


def slower(pace: float, rate: float) -> float:
    """The next rung below the pace, or below the measured rate where there is none."""
    present = pace or rate
    return max((rung for rung in LADDER if rung < 0.99 * present), default=LADDER[0])


def faster(pace: float, rate: float) -> float:
    """The next rung above; flat out once the machine does not reach the pace."""
    if pace == FLAT_OUT or (pace > LADDER[0] and rate < 0.5 * pace):
        return FLAT_OUT
    return min((rung for rung in LADDER if rung > 1.01 * pace), default=FLAT_OUT)
