"""What the engine raises, apart from bugs. Every message is one line for the user."""

from __future__ import annotations


class Refused(Exception):
    """A command or a run that cannot be; the message says why, and nothing was changed."""


class OutOfMemory(Refused):
    """Memory has run out, although it seemed to be enough."""


class Unavailable(Exception):
    """There is no compiled step to be had; the message says why."""


class Preempted(Exception):
    """A command is waiting: the measurement under way is given up, and nothing of it is kept."""
