"""How many steps to take at once: short chunks, so that a key never waits long, at the pace that is asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

CHUNK = 0.004
"""Seconds that one chunk of steps should take, unless nobody waits for its end."""
_WINDOW = 1.0
"""Seconds over which the rate is measured, or longer where steps are as far apart."""
_LONGEST_REST = 0.05
FLAT_OUT = 0.0
LADDER = tuple(factor * 10.0**power for power in range(-1, 7) for factor in (1, 3))
"""Paces that `slower` and `faster` climb, in steps a second: 0.1, 0.3, 1, 3, 10, … 3,000,000."""


class Pacer:
    """Decides the length of chunks from what steps have cost, and measures the rate."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.begin(0.0)

    def begin(self, pace: float, until: int | None = None) -> None:
        """A new run: its pace, which holds up to step number `until` (None: until changed)."""
        self._cost = CHUNK
        self.set(pace, until)

    def set(self, pace: float, until: int | None = None) -> None:
        """From now on this pace, up to step number `until` (None: until changed)."""
        self.pace = pace
        """Steps a second that are asked for; 0: flat out."""
        self._until = until
        self._lent: tuple[float, int | None] | None = None
        """The pace to return to, and until when that holds."""
        self.restart()

    def remembered(self) -> list[float | int | None]:
        """The pace, and up to which step it holds; not one that is lent."""
        pace, until = self._lent or (self.pace, self._until)
        return [pace, until]

    def lend(self, pace: float) -> None:
        """This pace for a while: `give_back` returns to the present one, unless another is set before."""
        before = self._lent or (self.pace, self._until)
        self.set(pace)
        self._lent = before

    def give_back(self) -> None:
        """Return to the pace from before the last `lend`; nothing where another was set since."""
        if self._lent:
            self.set(*self._lent)

    def forget_cost(self) -> None:
        """Steps cost something else from now on: begin again with a short chunk."""
        self._cost = CHUNK

    def restart(self) -> None:
        """Count afresh: time that passed without training does not count."""
        self._origin = self._clock()
        self._taken = 0
        self._marks: deque[tuple[float, int]] = deque([(self._origin, 0)])

    def due(self, step: int, seconds: float = CHUNK) -> int:
        """How many steps to take now, in about so many seconds, `step` of them being done; 0: wait for `rest()`. The
        first one is due when its time is over, so that one sees what it begins from."""
        if self._until is not None and step >= self._until:
            self.set(FLAT_OUT)
        chunk = max(1, int(seconds / self._cost))
        if not self.pace:
            return chunk
        owed = int((self._clock() - self._origin) * self.pace + 1e-9) - self._taken
        limit = chunk if self._until is None else min(chunk, self._until - step)
        return max(0, min(owed, limit))

    def rest(self) -> float:
        """Seconds until the next step is due at this pace."""
        if not self.pace:
            return 0.0
        due_at = self._origin + (self._taken + 1) / self.pace
        return min(max(due_at - self._clock(), 0.0), _LONGEST_REST)

    def took(self, steps: int, seconds: float) -> None:
        """So many steps took so long; a remedy's act may have been cut short before its first step."""
        if not steps:
            return
        cost = max(seconds / steps, 1e-7)
        self._cost = cost if self._cost == CHUNK else 0.8 * self._cost + 0.2 * cost
        self._taken += steps
        self._mark()

    def _mark(self) -> None:
        """Remember how far it is, ten times in a window; what is older than one is of no use."""
        now, window = self._clock(), self._window
        if len(self._marks) == 1 or now - self._marks[-1][0] >= window / 10:
            self._marks.append((now, self._taken))
        while len(self._marks) > 2 and now - self._marks[1][0] >= window:
            self._marks.popleft()

    @property
    def _window(self) -> float:
        return max(_WINDOW, 3 / self.pace) if self.pace else _WINDOW

    @property
    def rate(self) -> float:
        """Steps a second over the last second; 0 before the first step."""
        (start, before), now = self._marks[0], self._clock()
        return (self._taken - before) / max(now - start, 1e-9) if self._taken else 0.0

    @property
    def reach(self) -> float:
        """Steps a second to be had flat out: as measured, or by what the last ones cost where that was just begun."""
        return max(self.rate, 1 / self._cost)

    @property
    def falls_short(self) -> bool:
        """Whether the machine does not reach the pace: known once that was asked for over a whole window."""
        return self.pace > 0 and self._clock() - self._origin >= self._window and self.rate < 0.5 * self.pace


def slower(pace: float, reach: float) -> float:
    """The next rung below the pace, or below what is to be had flat out; never faster than it was."""
    present = pace or reach
    return max((rung for rung in LADDER if rung < 0.99 * present), default=min(present, LADDER[0]) or LADDER[0])


def faster(pace: float, falls_short: bool = False) -> float:
    """The next rung above; flat out once the machine does not reach the pace."""
    if pace == FLAT_OUT or falls_short:
        return FLAT_OUT
    return min((rung for rung in LADDER if rung > 1.01 * pace), default=FLAT_OUT)
