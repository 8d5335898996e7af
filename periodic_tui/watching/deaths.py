"""Units that have stopped to be active, and those that have come back, as events."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from periodic_tui.engine.arrays import Counts, Mask
from periodic_tui.watching.findings import LayerLook, Look

LOOKS, SAMPLES = 8, 512
"""A unit has died once it was inactive at so many looks in a row, over so many samples together."""
_MOST = 200
"""Events that are told."""


class Deaths:
    """Of all layers that have units."""

    def __init__(self) -> None:
        self._layers: dict[str, _Silence] = {}
        self._told = 0

    def saw(self, look: Look) -> list[str]:
        """What has happened since the look before, a sentence each."""
        found = [text for layer in look.layers if layer.active.size for text in self._of(layer, look.step)]
        room = max(0, _MOST - self._told)
        self._told += len(found)
        if len(found) > room > 0 or (found and room == 0 and self._told - len(found) == _MOST):
            return [*found[:room], "more units died, or came back: this is told no longer"]
        return found[:room]

    def _of(self, layer: LayerLook, step: int) -> Iterator[str]:
        silence = self._layers.get(layer.name)
        if silence is None or len(silence.looks) != len(layer.active):
            silence = self._layers[layer.name] = _Silence(len(layer.active))
        died, back = silence.saw(layer.active > 0, layer.output.shape[0] if layer.output.shape else 1, step)
        for since in np.unique(silence.since[died]):
            units = np.flatnonzero(died & (silence.since == since))
            yield f"{_named(units, len(died), layer.name)} died: inactive at every look since step {since}"
        if back.any():
            yield f"{_named(np.flatnonzero(back), len(back), layer.name)} came back"


class _Silence:
    """For how long each unit of one layer was inactive."""

    def __init__(self, units: int) -> None:
        self.looks, self.samples, self.since = (np.zeros(units, np.int64) for _ in range(3))
        self.dead: Mask = np.zeros(units, bool)

    def saw(self, active: Mask, samples: int, step: int) -> tuple[Mask, Mask]:
        """Which have died now, and which have come back."""
        self.since[~active & (self.looks == 0)] = step
        self.looks = np.where(active, 0, self.looks + 1)
        self.samples = np.where(active, 0, self.samples + samples)
        dead = (self.looks >= LOOKS) & (self.samples >= SAMPLES)
        died, back = dead & ~self.dead, self.dead & active
        self.dead = dead
        return died, back


def _named(units: Counts, count: int, layer: str) -> str:
    """The units in words."""
    if len(units) == 1:
        return f"unit {units[0]} of {layer}"
    if len(units) == count:
        return f"all {count} units of {layer}"
    some = ", ".join(map(str, units[:8]))
    return f"{len(units)} of {count} units of {layer} ({some}{', …' if len(units) > 8 else ''})"
