"""`replay`: a recording on the screen, without training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from periodic_tui.cli.command import command
from periodic_tui.cli.config import config_option
from periodic_tui.cli.dashboard import shown
from periodic_tui.cli.options import GLYPHS
from periodic_tui.cli.recording import found
from periodic_tui.engine.errors import Refused
from periodic_tui.ui.terminal.line import has_terminal

if TYPE_CHECKING:
    from periodic_tui.presets.builtin import Listed
    from periodic_tui.ui.past.playback import Playback


@command("replay")
@click.argument("run", metavar="RUN")
@config_option
@GLYPHS
def replay(run: str, glyphs: str) -> int:
    """Play a recording, by its name or in its folder; one that is being written is followed."""
    recording = found(run)
    if not has_terminal():
        raise Refused("needs a terminal")
    from periodic_tui.ui.screens.opening import Opening

    def open_session() -> tuple[Playback, Sequence[Listed]]:
        from periodic_tui.ui.past.playback import Playback

        return Playback(recording.folder), ()

    about = recording.about
    opening = Opening(about.name, about.title, f"The recording {recording.folder.name}.", "reading it")
    return shown(opening, open_session, glyphs)
