"""Where the user's recordings lie."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from periodic_tui.engine.recording.bounds import IN_ALL, limit, most
from periodic_tui.engine.recording.home import state_folder
from periodic_tui.engine.recording.library import MOST_IN_ALL, Library


def library() -> Library:
    """The user's recordings. Raises Refused where there is no place for them."""
    return Library(state_folder() / "runs", limit(IN_ALL) or MOST_IN_ALL)


def room(kept: Library) -> Callable[[], object]:
    """What makes room for one more recording among these. Raises Refused."""
    return partial(kept.prune, most())
