"""The verdict pane: what is the matter, in one sentence with its figures."""

import math

from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.ui.formatting import clipped, plain, shortened, wrapped
from periodic_tui.ui.widgets.pane import Pane

CLEAR = 2.0
"""Times beyond the limit from which a verdict is clear."""


class VerdictPane(Pane):
    """Shows the sentence, and its code in the lower border; a bug in the worker is told here, too."""

    NAME = "verdict"
    TITLE = "verdict"
    PLACE = "strip"

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(ending(snapshot) or snapshot.verdict.text)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        width, end = size.width - 2, ending(snapshot)
        text = end or snapshot.stage or snapshot.verdict.text
        if size.height > 1:
            lines = clipped(wrapped(text, width, self.glyphs), size.height)
        else:
            code = "" if end or snapshot.stage else f"{snapshot.verdict.code}: "
            lines = [shortened(plain(code + text, self.glyphs), width)]
        return Cells.blank(*size).paste(Cells.of_lines(lines, Ink.TROUBLE if end else Ink.TEXT), 1, 0)

    def figure(self, snapshot: Snapshot) -> str:
        if ending(snapshot):
            return "refused · q: quit" if snapshot.refusal else "a bug; training has ended"
        if snapshot.stage:
            return "a remedy is at work"
        fitting = sum(offer.fits for offer in snapshot.remedies)
        noun = "remedy fits" if fitting == 1 else "remedies fit"
        code = f"{snapshot.verdict.code} · {sureness(snapshot.verdict.margin)}{_others(snapshot)}"
        return f"{code} · f: {fitting} {noun}" if fitting else code


def _others(snapshot: Snapshot) -> str:
    """The codes of what holds besides the verdict, the first two."""
    codes = [cause.code for cause in snapshot.causes if cause.code != snapshot.verdict.code]
    return f" · also {', '.join(codes[:2])}{' …' if len(codes) > 2 else ''}" if codes else ""


def sureness(margin: float) -> str:
    """How sure a verdict is, from how many times its deciding figure is beyond the limit."""
    if math.isinf(margin):
        return "certain"
    return "clear" if margin >= CLEAR else "close to its limit"


def ending(snapshot: Snapshot) -> str:
    """Why training has ended for good; empty while it can go on."""
    if snapshot.refusal:
        return snapshot.refusal
    return f"Training has ended with an error: {snapshot.error}. Press q to quit." if snapshot.error else ""
