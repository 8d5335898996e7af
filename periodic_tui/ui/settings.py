"""How the user wants the screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from periodic_tui.ui.keys import Keys
from periodic_tui.ui.memory import Memory


@dataclass(frozen=True)
class Settings:
    """What the config file says of the screen, and what the screen remembers by itself."""

    keys: Keys = field(default_factory=dict)
    """Textual's names of the keys of some actions, by the ids of these."""
    theme: str = ""
    """Name of the theme; empty: the one that was chosen last."""
    memory: Memory = field(default_factory=Memory)
