"""What the terminal is asked, and how long a program that ends waits, so that no answer is left for the shell."""

from __future__ import annotations

import time
from collections.abc import Mapping
from threading import Condition

SYNCHRONIZED = "\x1b[?2026$p"
"""Can output be held back until a picture is whole?"""
ATTRIBUTES = "\x1b[c"
"""Every terminal answers this, and answers in order: whatever was sent before it has been dealt with then."""
UNASKED = frozenset({"", "dumb", "unknown", "linux"})
"""Terminals, by TERM, that may show a query as text."""
PATIENCE = 1.0
"""Seconds after the first query in which a terminal that has not answered may yet …"""
LONGEST = 1.5
"""… and for which one that does answer is waited for in the end, at most."""


class Queries:
    """Counts what was asked and not answered; `answered` is called from another thread."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._asks = environ.get("TERM", "").lower() not in UNASKED
        self._knows_modes = environ.get("TERM_PROGRAM") != "Apple_Terminal"  # shows the query's last letter
        self._changed = Condition()
        self._attributes = self._modes = 0
        self._answers = False
        self._opened = 0.0

    def opening(self) -> str:
        """What to send as the screen opens."""
        if not self._asks:
            return ""
        with self._changed:
            self._opened = time.monotonic()
            self._attributes, self._modes = 1, int(self._knows_modes)
        return SYNCHRONIZED * self._modes + ATTRIBUTES

    def closing(self) -> str:
        """What to send when it has been told to report nothing more; empty where the terminal does not answer."""
        with self._changed:
            if not (self._asks and (self._answers or time.monotonic() < self._opened + PATIENCE)):
                return ""
            self._attributes += 1
        return ATTRIBUTES

    def answered(self, sequence: str) -> None:
        """An answer has come."""
        with self._changed:
            if sequence.endswith("c"):
                self._attributes, self._answers = max(0, self._attributes - 1), True
            elif sequence.endswith("y"):
                self._modes = 0
            self._changed.notify_all()

    def wait(self, longest: float = LONGEST) -> None:
        """Wait until all that was asked is answered; for so many seconds at most, and not at all for a terminal that
        has had its time."""
        young = max(0.0, self._opened + PATIENCE - time.monotonic())
        with self._changed:
            self._changed.wait_for(lambda: not self._attributes, min(longest, LONGEST if self._answers else young))
            self._changed.wait_for(lambda: not self._modes, min(longest, young))
