"""What is remembered of a training: every loss, and the looks."""

from __future__ import annotations

from collections import deque

import numpy as np

from periodic_tui.engine.training.history import History
from periodic_tui.watching.findings import Look
from periodic_tui.watching.layers import Layers

_FIRST, _LAST = 8, 64
"""Looks that are kept."""


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
        self.best = np.inf
        """The least loss so far."""
        self.not_finite: int | None = None
        """First step whose loss was not finite."""

    def saw(self, look: Look) -> None:
        """A step was looked at."""
        if len(self.first) < _FIRST:
            self.first.append(look)
        self.last.append(look)
        self.layers.saw(look)
        self.looks += 1

    def lost(self, first: int, losses: list[float]) -> None:
        """Losses of consecutive steps from number `first` on."""
        values = np.array(losses, np.float64)[:, None]
        self.losses.add(first, values)
        finite = np.isfinite(values[:, 0])
        if finite.any():
            self.best = min(self.best, float(values[finite].min()))
        if self.not_finite is None and not finite.all():
            self.not_finite = first + int(np.argmin(finite))
