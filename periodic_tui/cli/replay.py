"""`replay`: a recording on the screen, without training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from periodic_tui.cli.command import NAME, command, fail
from periodic_tui.cli.config import config_option
from periodic_tui.cli.dashboard import shown
from periodic_tui.cli.options import GLYPHS
from periodic_tui.cli.recording import found
from periodic_tui.ui.terminal.line import has_terminal

if TYPE_CHECKING:
    from periodic_tui.ui.past.playback import Playback


@command("replay")
@click.argument("run", metavar="RUN")
@config_option
@GLYPHS
def replay(run: str, glyphs: str) -> int:
    """Play a recording, by its name or in its folder; one that is being written is followed."""
    recording = found(run)
    if not has_terminal():
        return fail(f"{NAME} replay: needs a terminal")
    from periodic_tui.ui.screens.opening import Opening

    def open_session() -> tuple[Playback, Sequence[tuple[str, str, str, str]]]:
        from periodic_tui.ui.past.playback import Playback

        return Playback(recording.folder), ()

    about = recording.about
    opening = Opening(about.name, about.title, f"The recording {recording.folder.name}.", "reading it")
    return shown(opening, open_session, glyphs)
