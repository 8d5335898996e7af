"""What a run was before its last commands, so that they can be undone."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from periodic_tui.engine.errors import Refused

if TYPE_CHECKING:
    from periodic_tui.engine.run import UndoPoint

_KEPT = 8
"""Commands that can be undone, one after another."""


class UndoRing:
    """The last commands of a run, each with what was before it."""

    def __init__(self) -> None:
        self._ring: deque[tuple[str, UndoPoint]] = deque(maxlen=_KEPT)

    def keep(self, words: str, point: UndoPoint) -> None:
        """A command was applied."""
        self._ring.append((words, point))

    def take(self) -> tuple[str, UndoPoint]:
        """The words of the last command, and what was before it. Raises Refused where nothing is left."""
        if not self._ring:
            raise Refused("there is nothing to undo")
        return self._ring.pop()
