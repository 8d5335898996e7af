"""When training saves its state for the recording, and how much of its time that may take."""

from __future__ import annotations

from collections.abc import Callable

from periodic_tui.engine.recording.packing import Tree, size_of
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.scheduling.budget import Budget
from periodic_tui.engine.snapshot import Snapshot

_SHARE = 0.01
"""Of the time, for checkpoints and for pictures each …"""
_CREDIT = 0.1
"""… and so many seconds at once where commands come one after the other."""
_EVERY, _RATE = 4.0, 1e6
"""Seconds between checkpoints: with the time that they take, no more than 5 are ever lost, unless they are so large
that more than so many bytes a second would be written."""


class Keeping:
    """Takes checkpoints, and pictures where nobody else does, when they are due."""

    def __init__(self, recorder: Recorder, saved: Callable[[], Tree | None], clock: Callable[[], float]) -> None:
        """`saved` gives the whole state, or None where it cannot be saved now."""
        self.recorder, self._saved = recorder, saved
        self._checkpoints, self._pictures = Budget(_SHARE, clock, rest=_EVERY), Budget(_SHARE, clock)
        self._last = (-1, -1)

    @property
    def seconds(self) -> float:
        """For which training was held up so far."""
        return self._checkpoints.total + self._pictures.total

    def trained(self, step: int, seconds: float) -> None:
        """So many steps are done, in so long."""
        if self.recorder.writes:
            self.recorder.status(step, seconds)
            if self._checkpoints.ready:
                self.save(step)

    def commanded(self, step: int) -> None:
        """A command is about to act."""
        if self.recorder.writes and self._checkpoints.credit(_CREDIT) > 0:
            self.save(step, keep=True)

    def save(self, step: int, keep: bool = False) -> None:
        """Take a checkpoint, unless that would be the last one again."""
        if not self.recorder.writes or self._last == (step, self.recorder.lines):
            return
        with self._checkpoints.spend():
            tree = self._saved()
        if tree is not None:
            self._checkpoints.rest = max(_EVERY, size_of(tree) / _RATE)
            self._last = step, self.recorder.lines
            self.recorder.checkpoint(tree, step, keep)

    def picture(self, take: Callable[[], Snapshot]) -> None:
        """Take a picture in passing, if one is due."""
        if self.recorder.wants_picture and self._pictures.ready:
            with self._pictures.spend():
                self.recorder.picture(take())
