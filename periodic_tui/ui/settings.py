"""How the user wants the screen, and what comes of that on a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from periodic_tui.ui.keys import Keys
from periodic_tui.ui.memory import GLYPHS, Memory
from periodic_tui.ui.terminal.abilities import ColorDepth, abilities, no_richer_than
from periodic_tui.ui.themes import DARK, theme_for

if TYPE_CHECKING:
    from periodic_tui.plotting.cells import Glyphs


@dataclass(frozen=True)
class Settings:
    """What the command line and the config file say of the screen, and what the screen remembers by itself."""

    keys: Keys = field(default_factory=dict)
    """Textual's names of the keys of some actions, by the ids of these."""
    theme: str = ""
    """Name of the theme; empty: the one that was chosen last."""
    glyphs: str = "auto"
    """Name of a set of characters; `auto`: the one that was chosen last, if the terminal has that, else its best."""
    fps: float = math.inf
    """The most frames a second that are sent to the terminal."""
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True)
class Drawing:
    """By what the first frame is drawn."""

    glyphs: Glyphs = "braille"
    glyph_sets: Sequence[Glyphs] = ("braille",)
    """What the terminal can show, the richest first."""
    colors: ColorDepth | None = None
    """How many the terminal has; None: Textual finds out."""
    theme: str = DARK.name
    """That which suits the terminal, ours or Textual's: where neither the config file nor the last choice names
    another."""


def drawing_on(encoding: str | None, environ: Mapping[str, str], settings: Settings) -> Drawing:
    """By what these settings have the screen drawn on a terminal of that environment; `encoding`: of the stream that
    Python has opened on it, None where there is none."""
    best = no_richer_than(abilities(encoding, environ).glyphs)
    chosen = settings.memory.get(GLYPHS)
    able = abilities(encoding, environ, chosen if settings.glyphs == "auto" and chosen in best else settings.glyphs)
    sets = max(best, no_richer_than(able.glyphs), key=len)
    return Drawing(able.glyphs, sets, able.colors, theme_for(environ))
