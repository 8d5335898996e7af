"""Units that have died, and those that have come back, as events."""

from __future__ import annotations

from collections.abc import Iterator

from periodic_tui.watching.remembering.layers import Layers

_MOST = 200
"""Events that are told of one model: after so many, one more tells nobody anything."""


class Deaths:
    """Of one model, look by look."""

    def __init__(self) -> None:
        self._dead: dict[str, set[int]] = {}
        """Units that were told to be dead, by their layers."""
        self._told = 0

    def saw(self, layers: Layers) -> list[str]:
        """What the last look has brought, a sentence each."""
        found = [*self._returns(layers), *(died.text for died in layers.died)]
        for died in layers.died:
            self._dead.setdefault(died.layer, set()).update(died.units)
        news = found[: _MOST - self._told]
        self._told += len(news)
        return news

    def _returns(self, layers: Layers) -> Iterator[str]:
        for layer, units in self._dead.items():
            dead = layers.dead(layer)
            back = {unit for unit in units if unit < len(dead) and not dead[unit]}
            units -= back
            if len(back) == 1:
                yield f"unit {back.pop()} of layer {layer} came back"
            elif back:
                yield f"{len(back):,} units of layer {layer} came back"
