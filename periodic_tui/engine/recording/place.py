"""Where the user's recordings lie and how large they may get, as the environment says."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from periodic_tui.engine.errors import Refused
from periodic_tui.engine.recording.home import state_folder
from periodic_tui.engine.recording.library import MOST_IN_ALL, Library
from periodic_tui.engine.recording.writer import MOST_BYTES

A_RUN, IN_ALL = "PERIODIC_TUI_MB_A_RUN", "PERIODIC_TUI_MB_IN_ALL"
"""Names in the environment of the most megabytes of a recording, and of all recordings together."""


def library() -> Library:
    """The user's recordings. Raises Refused where there is no place for them."""
    return Library(state_folder() / "runs", _limit(IN_ALL) or MOST_IN_ALL)


def room(kept: Library) -> Callable[[], object]:
    """What makes room for one more recording among these. Raises Refused."""
    return partial(kept.prune, most())


def most() -> int:
    """The most bytes of a recording's pictures and checkpoints. Raises Refused."""
    return _limit(A_RUN) or MOST_BYTES


def _limit(name: str) -> int | None:
    """Bytes, from a number of megabytes in the environment; None where there is none. Raises Refused."""
    text = os.environ.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:10]) >= 1 and len(text) < 10):
        raise Refused(f"{name}: expected a whole number of megabytes, got {text[:40]!r}")
    return int(text) << 20
