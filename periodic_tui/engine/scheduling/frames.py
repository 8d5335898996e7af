"""When the next picture is due: often enough to be live, seldom enough to cost training next to nothing."""

from __future__ import annotations

from periodic_tui.engine.scheduling.budget import Budget

_SHARE = 0.02
"""Largest share of the time that pictures may take, …"""
_TOGETHER = 0.024
"""… and that they may take together with what has a budget of its own, as the search for deaths. Where that has had
more than is left to it, mostly much of it at once, …"""
_PUT_OFF = 2
"""… pictures come so many times as seldom until all is earned back, …"""
_LONGEST = 1.9
"""… unless that would leave the screen without news for longer than this: with the step at hand, 2 seconds."""
_FREELY = 0.25
"""Share of the time that pictures may take where training does not need all of it, or somebody waits for a moment."""
_PATIENCE = 0.3
"""Seconds for which a picture may be put off by one command after the other."""


class FrameScheduler:
    """Decides when a picture is taken from what pictures have cost."""

    def __init__(self, period: float) -> None:
        self._period = period
        """Seconds between pictures where they are cheap: the screen shows each of them."""
        self.next = 0.0
        """Moment at which the next picture is due, by the clock of the moments that are told here."""
        self._alone, self._together = Budget(_SHARE), Budget(_TOGETHER)
        self._put_off: float | None = None
        """Moment at which a picture that a command interrupted had begun."""

    def patient(self, now: float) -> bool:
        """Whether the picture that begins now may still be interrupted."""
        return self._put_off is None or now - self._put_off < _PATIENCE

    def interrupted(self, started: float) -> None:
        """A picture was begun and given up for a command."""
        self._put_off = self._put_off or started

    def took(self, started: float, ended: float, aside: float = 0.0, freely: bool = False) -> None:
        """A picture was taken, and so many seconds went `aside`, to what has a budget of its own. What it took too much
        is saved on the next ones, unless they may be taken `freely`."""
        self._put_off = None
        self._alone.took(started, ended)
        self._together.took(started - aside, ended)
        due = ended + (ended - started) / _FREELY if freely else self._due(ended)
        self.next = max(ended + self._period, min(due, started + _LONGEST))

    def _due(self, ended: float) -> float:
        due = self._alone.due
        return max(due, min(self._together.due, ended + _PUT_OFF * (due - ended)))
