"""What is the matter, in one sentence with its figures."""

from __future__ import annotations

from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.ui.pane import Pane
from periodic_tui.ui.wording import clipped, plain, shortened, wrapped


class VerdictPane(Pane):
    """The sentence, its code in the lower border; a bug in the worker is told here, too."""

    NAME = "verdict"
    TITLE = "verdict"
    PLACE = "strip"

    @classmethod
    def speaks(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.error or snapshot.verdict.text)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        text, ink = sentence(snapshot), Ink.TROUBLE if snapshot.error else Ink.TEXT
        if size.height == 1:
            lines = [
                shortened(
                    plain(
                        text if snapshot.error else snapshot.stage or f"{snapshot.verdict.code}: {text}", self.glyphs
                    ),
                    size.width - 2,
                )
            ]
        else:
            lines = clipped(wrapped(text, size.width - 2, self.glyphs), size.height)
        return Cells.blank(*size).paste(Cells.of_lines(lines, ink), 1, 0)

    def figure(self, snapshot: Snapshot) -> str:
        if snapshot.error:
            return "a bug; training has ended"
        if snapshot.stage:
            return "a remedy is at work"
        fitting = sum(offer.fits for offer in snapshot.remedies)
        noun = "remedy fits" if fitting == 1 else "remedies fit"
        return f"{snapshot.verdict.code} · f: {fitting} {noun}" if fitting else snapshot.verdict.code


def sentence(snapshot: Snapshot) -> str:
    """What the pane says."""
    if snapshot.error:
        return f"Training has ended with an error: {snapshot.error}. Press q to quit."
    return snapshot.stage or snapshot.verdict.text
