"""What is known of a whole population while it trains: readings of its replicas, a few at a time."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from periodic_tui.engine.arrays import Counts, Floats
from periodic_tui.engine.recording.attributes import kept, put_back, whole_number
from periodic_tui.engine.recording.packing import Tree
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.snapshot import Curve
from periodic_tui.engine.training.history import History
from periodic_tui.engine.verdicts.rules import CODES

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Of the probe loss over replicas: the fan."""
_SHARE = 0.01
"""Of the time: so much of it a sweep may take, in parts …"""
_SHORTEST, _LONGEST = 0.002, 0.01
"""… of so many seconds: keys wait no longer for one."""

_MEMORY = ("codes", "losses", "fan", "_read_at", "_next")


class Population:
    """The latest code and loss of each replica. A sweep reads them all once, in parts."""

    def __init__(self, replicas: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self.codes: Counts = np.full(replicas, CODES.index("learning"))
        self.losses: Floats = np.full(replicas, np.nan)
        self.fan = History(len(QUANTILES), geometric=True)
        self._read_at = np.full(replicas, -1)
        self._next = 0
        self._each = _LONGEST
        """Seconds that a replica took in the last part; at first as if there were time for one only."""
        self._budget = Budget(_SHARE, clock)

    def remembered(self) -> Tree:
        """What is known of each replica."""
        return kept(self, _MEMORY)

    def recall(self, tree: Tree) -> None:
        """Know what another one did. Raises NotReadable."""
        put_back(self, _MEMORY, tree)
        np.clip(self.codes, 0, len(CODES) - 1, out=self.codes)
        self._next = whole_number(self._next, "the next replica", 0, len(self.losses) - 1)

    def put(self, part: slice, step: int, losses: Floats, codes: Counts) -> None:
        """Enter the readings of some replicas."""
        self.losses[part], self.codes[part], self._read_at[part] = losses, codes, step

    def stale(self, step: int) -> bool:
        """Whether some replica has not been read since this step."""
        return bool((self._read_at < step).any())

    def begin(self) -> None:
        """The parameters were placed anew: nothing is known of them."""
        self.codes[:] = CODES.index("learning")
        self.forget()

    def forget(self) -> None:
        """The replicas have changed under the same number of steps."""
        self._read_at[:] = -1
        self._next = 0

    def sweep(self, step: int, read: Callable[[slice], tuple[Floats, Counts]]) -> None:
        """Read the next part; `read` gives losses and codes of some replicas."""
        seconds, first = min(max(_SHORTEST, self._budget.earned), _LONGEST), self._next
        length = max(1, int(seconds / max(self._each, 1e-9)))
        with self._budget.spend():
            self.go_on(step, length, read)
        self._each = self._budget.last / min(length, len(self.losses) - first)

    def go_on(self, step: int, count: int, read: Callable[[slice], tuple[Floats, Counts]]) -> None:
        """Read so many more, or those that are left of a sweep."""
        if count < 1:
            return
        part = slice(self._next, min(self._next + count, len(self.losses)))
        losses, codes = read(part)
        self._next = part.stop % len(self.losses)
        self.put(part, step, losses, codes)
        if not self._next:
            self.note(step)

    def enter(self, step: int, losses: Floats) -> None:
        """Enter the losses of all replicas, of which nothing else was read."""
        self.losses[:] = losses
        self.note(step)

    def note(self, step: int) -> None:
        """Enter the quantiles of the losses into the fan, where there are several; those that diverged count as
        infinite."""
        if len(self.losses) == 1:
            return
        losses = np.where(np.isfinite(self.losses), self.losses, np.inf)
        self.fan.add(step, np.quantile(losses, QUANTILES, method="nearest")[None])

    def outcomes(self) -> dict[str, int]:
        """Number of replicas of each code, in the order of precedence."""
        return {CODES[code]: count for code, count in enumerate(np.bincount(self.codes).tolist()) if count}

    def names(self) -> tuple[str, ...]:
        """The code of each replica."""
        return tuple(CODES[code] for code in self.codes.tolist())

    def told(self) -> str:
        """How many seeds are solved, and what became of the others: `21 of 32 seeds are solved; of the others …`."""
        outcomes = self.outcomes()
        solved, seeds = outcomes.pop("solved", 0), len(self.codes)
        if not outcomes:
            return f"All {seeds} seeds are solved."
        others = ", ".join(f"{count} {code}" for code, count in sorted(outcomes.items(), key=lambda each: -each[1]))
        median = float(np.median(self.losses[self.codes != CODES.index("solved")]))
        return f"{solved} of {seeds} seeds are solved; the others: {others}, median loss {median:.3g}."

    def curves(self) -> tuple[Curve, ...]:
        """One curve for each of QUANTILES; none for a single replica."""
        if len(self.losses) == 1:
            return ()
        return tuple(self.fan.curve(index) for index in range(len(QUANTILES)))
