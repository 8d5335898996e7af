"""What is remembered of a training: every loss, and the looks."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.training.history import History
from periodic_tui.watching.findings import Look
from periodic_tui.watching.remembering.layers import Layers

_FIRST, _LAST = 8, 64
"""Looks that are kept."""
_START = 5
"""Losses that tell where training began."""


class Memory:
    """Grows by looks and losses; of bounded size."""

    def __init__(self) -> None:
        self.first: list[Look] = []
        """The first looks."""
        self.last: deque[Look] = deque(maxlen=_LAST)
        """The last ones, oldest first; the newest is `last[-1]`."""
        self.looks = 0
        """How many there were."""
        self.layers = Layers()
        """Each layer's trends, and its dead units."""
        self.losses = History(1, geometric=True)
        """Of every step that was seen."""
        self.logged: dict[str, History] = {}
        """What the script has logged, by name."""
        self.step = 0
        """The last one whose loss was seen."""
        self.count = 0
        """Losses that were seen."""
        self.start: list[float] = []
        """The first finite ones."""
        self.best = np.inf
        """The least loss so far."""
        self.loss = np.nan
        """The last one."""
        self.not_finite: int | None = None
        """First step from which on no loss was finite; None while they are."""
        self.before = np.nan
        """The last finite loss."""
        self.known: tuple[tuple[int, int], Any] | None = None
        """Numbers of losses and looks, and what was made of these: the progress."""

    def saw(self, look: Look) -> None:
        """A step was looked at."""
        if len(self.first) < _FIRST:
            self.first.append(look)
        self.last.append(look)
        self.layers.saw(look)
        self.looks += 1

    def lost(self, first: int, losses: list[float]) -> None:
        """Losses of consecutive steps from number `first` on."""
        values = np.array(losses, np.float64)
        if not values.size:
            return
        self.losses.add(first, values[:, None])
        self.step, self.loss = first + len(values) - 1, float(values[-1])
        self.count += len(values)
        finite = np.isfinite(values)
        if finite.any():
            self._note(values[finite])
            self.not_finite = None
        if not finite[-1] and self.not_finite is None:
            self.not_finite = first + int(np.flatnonzero(finite)[-1] + 1 if finite.any() else 0)

    def _note(self, values: Floats) -> None:
        self.best, self.before = min(self.best, float(values.min())), float(values[-1])
        self.start += values[: max(0, _START - len(self.start))].tolist()

    @property
    def kept(self) -> list[Look]:
        """All looks that are kept, oldest first, each once."""
        oldest = self.last[0].step if self.last else 0
        return [*(look for look in self.first if look.step < oldest), *self.last]
