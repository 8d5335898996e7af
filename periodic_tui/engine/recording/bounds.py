"""How large recordings may get, as the environment says. It imports nothing that takes long: it is asked before the
first frame."""

from __future__ import annotations

import os

from periodic_tui.engine.errors import Refused

A_RUN, IN_ALL = "PERIODIC_TUI_MB_A_RUN", "PERIODIC_TUI_MB_IN_ALL"
"""Names in the environment of the most megabytes of a recording, and of all recordings together."""
MOST_BYTES = 64 << 20
"""Of the pictures and checkpoints of a run, where the environment says nothing."""


def most() -> int:
    """The most bytes of a recording's pictures and checkpoints. Raises Refused."""
    return limit(A_RUN) or MOST_BYTES


def limit(name: str) -> int | None:
    """Bytes, from a number of megabytes in the environment; None where there is none. Raises Refused."""
    text = os.environ.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:10]) >= 1 and len(text) < 10):
        raise Refused(f"{name}: expected a whole number of megabytes, got {text[:40]!r}")
    return int(text) << 20
