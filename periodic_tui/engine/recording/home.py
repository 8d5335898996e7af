"""Where what outlives a run is kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from periodic_tui.engine.errors import Refused


def state_folder() -> Path:
    """The user's folder of recordings and remembered choices, whether it is there or not. Raises Refused where there is
    no place for one."""
    try:
        folder = platformdirs.user_state_path("periodic-tui")
    except RuntimeError:  # there is no home; some versions say so by a path that begins with ~
        folder = Path("~")
    homeless = not os.environ.get("XDG_STATE_HOME") and os.environ.get("HOME") == ""
    if homeless or not folder.is_absolute():
        raise Refused("there is no home directory, and XDG_STATE_HOME names no other place")
    return folder
