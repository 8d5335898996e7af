"""How fast recorded pictures follow each other."""

from __future__ import annotations

import math
from collections.abc import Callable

from periodic_tui.engine.snapshot import Snapshot

FRAME = 1 / 30
"""Seconds for which a picture is shown, at least: at a pace that wants more of them, some are left out."""
LONGEST = 2.0
"""Seconds between two pictures, at most, as they are played at 1×: a long pause is cut short."""
UNKNOWN = 0.1
"""Seconds between two pictures whose times tell nothing."""
SLOWEST, FASTEST = 1 / 8, 1024.0
"""Paces, in times real time."""


class Tempo:
    """By the times at which the pictures were taken. `pace` is in times real time; None: nothing plays."""

    def __init__(self, pace: float | None, clock: Callable[[], float]) -> None:
        self.pace = pace
        self._clock = clock
        self._shown_at = 0.0
        self._usual = LONGEST
        """Seconds between the last two pictures that were played, for each place between them."""

    def scale(self, factor: float) -> None:
        """Play so many times as fast."""
        assert self.pace is not None
        self.pace = min(max(factor * self.pace, SLOWEST), FASTEST)

    def begin(self) -> None:
        """From now on the time counts of the picture that is shown."""
        self._shown_at = self._clock()

    def due(self, shown: Snapshot, following: Snapshot, places: int) -> float:
        """Moment at which the picture so many places on is due."""
        return self._shown_at + max(between(shown, following, places) / (self.pace or 1.0), FRAME)

    def played(self, shown: Snapshot, following: Snapshot, places: int) -> None:
        """That picture comes now."""
        self._usual = between(shown, following, places) / places

    @property
    def places(self) -> int:
        """So many places on is the next picture for which there is time."""
        return max(1, int(FRAME * (self.pace or 1.0) / max(self._usual, 1e-3)))


def between(one: Snapshot, other: Snapshot, places: int) -> float:
    """Seconds from one picture to another, so many places on, as they are played at 1×."""
    seconds = other.time - one.time
    return min(seconds, LONGEST * places) if seconds > 0 and math.isfinite(seconds) else UNKNOWN * places
