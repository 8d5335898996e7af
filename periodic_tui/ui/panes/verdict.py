"""The verdict pane: what is the matter, with its figures, and which key comes next."""

import math
import re
from collections.abc import Iterator, Sequence

from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import clipped, cut_to, fitting, shortened, wrapped
from periodic_tui.ui.glossary import VERDICTS
from periodic_tui.ui.keys import key_for, typed
from periodic_tui.ui.script_glossary import VERDICTS as SCRIPT_VERDICTS
from periodic_tui.ui.widgets.pane import Pane
from periodic_tui.ui.widgets.spans import Span, dotted, length, row_of
from periodic_tui.ui.widgets.thing import Thing

CLEAR = 2.0
"""Times beyond the limit from which a verdict is clear."""


class VerdictPane(Pane):
    """Shows the sentences and the keys that come next, and the code in the lower border; on one row the short form.

    What was found before the picture's step is quiet. A bug in the worker is told here, too.
    """

    NAME = "verdict"
    TITLE = "verdict"
    PLACE = "strip"

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(ending(snapshot) or snapshot.verdict.text or crash(snapshot))

    def thing_inside(self, column: int, row: int) -> Thing | None:
        """Wherever it is, what the verdict's code means."""
        code = self.snapshot.verdict.code
        meaning = (SCRIPT_VERDICTS if self.snapshot.script else VERDICTS).get(code)
        return Thing(f"{code}: {meaning}") if meaning else None

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        """How a script ends is known after its last picture."""
        if crash(old) != crash(new):
            self.redraw()
        else:
            super().watch_snapshot(old, new)

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        ended, width = crash(snapshot), size.width - 2
        if not ended:
            return self._verdict(snapshot, size)
        if size.height == 1 and snapshot.verdict.short:
            short = f" · {snapshot.verdict.short}"
            ended = fitting([ended.rstrip(".") + short, f"exit code {crash_code(snapshot)}{short}"], width)
        cells = Cells.blank(*size).write(1, 0, cut_to(ended, width, self.glyphs), Ink.TROUBLE)
        if size.height == 1 or not snapshot.verdict.text:
            return cells
        return cells.paste(self._verdict(snapshot, Size(size.width, size.height - 1)), 0, 1)

    def _verdict(self, snapshot: Snapshot, size: Size) -> Cells:
        width, verdict = size.width - 2, snapshot.verdict
        cells, keys = Cells.blank(*size), next_keys(snapshot, width) if size.height > 1 else []
        if told := ending(snapshot) or snapshot.stage:
            lines = clipped(wrapped(told, width, self.glyphs), size.height)
        elif size.height > 1:
            lines = _whole([verdict.text, verdict.short], width, size.height - bool(keys), self.glyphs)
        else:
            age = f" · {_age(snapshot)}" if _older(snapshot) else ""
            lines = _whole([verdict.short and verdict.short + age, verdict.text + age], width, 1, self.glyphs)
        if not lines:
            lines = [shortened(verdict.code, width)]
        cells = cells.paste(Cells.of_lines(lines, _ink(snapshot)), 1, 0)
        return cells.paste(row_of(keys, self.glyphs), 1, len(lines)) if keys else cells

    def figure(self, snapshot: Snapshot) -> str:
        if ending(snapshot):
            return f"refused · {key_for('app.quit')}: quit" if snapshot.refusal else "a bug; training has ended"
        if snapshot.stage:
            return "a remedy is at work"
        offers = sum(offer.fits for offer in snapshot.remedies)
        noun = "remedy fits" if offers == 1 else "remedies fit"
        if not snapshot.verdict.text:
            return ""
        parts = [snapshot.verdict.code]
        if not snapshot.script:  # of a script nothing is told before it is sure
            parts.append(sureness(snapshot.verdict.margin))
        if _older(snapshot):
            parts.insert(1, _age(snapshot))
        parts += _others(snapshot)
        return " · ".join([*parts, f"{key_for('remedies')}: {offers} {noun}"] if offers else parts)


def next_keys(snapshot: Snapshot, width: int) -> list[Span]:
    """Which key does what now, as many as fit into so many cells; a command that has none is typed."""
    if ending(snapshot) or snapshot.stage:
        return []
    parts: list[list[Span]] = []
    for words, does in snapshot.verdict.next:
        key = key_for(words) or typed(words)
        does = (words == "remedies" and _first_remedy(snapshot)) or does
        parts.append([(key, Ink.MARK), (f" {does}", Ink.TEXT)])
    while parts and length(dotted(parts)) > width:
        parts.pop()
    return dotted(parts)


def _first_remedy(snapshot: Snapshot) -> str:
    """What the menu offers first; empty where nothing fits."""
    return next((f"offers {offer.name}" for offer in snapshot.remedies if offer.fits), "")


def _others(snapshot: Snapshot) -> list[str]:
    """The codes of what holds besides the verdict, the first two."""
    codes = [cause.code for cause in snapshot.causes if cause.code != snapshot.verdict.code]
    return [f"also {', '.join(codes[:2])}{' …' if len(codes) > 2 else ''}"] if codes else []


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


def crash(snapshot: Snapshot) -> str:
    """How a script has ended, where it has failed."""
    code = crash_code(snapshot)
    if not code:
        return ""
    return f"The script was ended by signal {code - 128}." if code > 128 else f"The script ended with exit code {code}."


def crash_code(snapshot: Snapshot) -> int:
    """The exit code of a script that has ended; 0 where it is well, or not known."""
    return (snapshot.script.code or 0) if snapshot.script and snapshot.state != "training" else 0


def _older(snapshot: Snapshot) -> bool:
    return snapshot.verdict.step < snapshot.step


def _age(snapshot: Snapshot) -> str:
    return f"at step {snapshot.verdict.step:,}"


def _ink(snapshot: Snapshot) -> Ink:
    if ending(snapshot):
        return Ink.TROUBLE
    return Ink.QUIET if _older(snapshot) and not snapshot.stage else Ink.TEXT


def _whole(forms: Sequence[str], width: int, rows: int, glyphs: Glyphs) -> list[str]:
    """The lines of the first form of which, whole sentences and parts between dots, something fits; else none."""
    fitting = (wrapped(text, width, glyphs) for form in forms for text in _shorter(form))
    return next((lines for lines in fitting if 0 < len(lines) <= rows), [])


def _shorter(text: str) -> Iterator[str]:
    """The text, then without its last part, and so on."""
    ends = [cut.start() for cut in re.finditer(r" · |(?<=[.!?]) ", text)]
    yield text
    for end in reversed(ends):
        yield text[:end]
