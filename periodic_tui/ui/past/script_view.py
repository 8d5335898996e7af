"""What the screen shows of a script besides its recorded pictures: what it prints, and how it has ended."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from periodic_tui.engine.recording.layout import OUTPUT
from periodic_tui.engine.recording.recording import About
from periodic_tui.engine.snapshot import Script, Snapshot, Verdict
from periodic_tui.ui.child import Child
from periodic_tui.ui.printed import Printed

WAITING = (
    "Waiting for the script's first step. Its loss, its layers and a verdict come with the first steps of an optimizer "
    "of torch; what it prints stands below."
)
NOTHING = Verdict(
    "not-trained",
    "The script has ended, and no step of an optimizer of torch was seen in it: there is nothing to judge.",
    margin=math.inf,
    short="The script has ended, and no step of an optimizer was seen in it.",
)


class ScriptView:
    """A script, as its recording's folder tells of it, and the process where that was started here."""

    def __init__(self, folder: Path, about: About, child: Child | None = None) -> None:
        self._about, self._child = about, child
        self._printed = Printed(folder / OUTPUT)
        self._printed.look()

    def look(self) -> bool:
        """See what it has printed since; whether anything."""
        return self._printed.look()

    def waiting(self, runs: bool) -> Snapshot:
        """What is shown while there is no picture."""
        about = self._about
        empty = Snapshot(preset=about.name, title=about.title, script=Script(about.script))
        return replace(empty, story=WAITING) if runs else replace(empty, state="finished", verdict=NOTHING)

    def dressed(self, picture: Snapshot, newest: bool, runs: bool) -> Snapshot:
        """A picture with the output of now; the newest one also with the script's end."""
        script = replace(picture.script or Script(self._about.script), output=self._printed.lines)
        if not newest or runs:
            return replace(picture, script=replace(script, code=None))
        ended = self._child.poll() if self._child else None
        script = replace(script, code=ended.code if ended else script.code)
        going = picture.state in ("starting", "training", "paused")
        return replace(picture, script=script, state="finished" if going else picture.state)
