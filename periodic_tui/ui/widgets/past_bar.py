"""The bar of the past: where the picture that is shown stands in its recording, and where things happened."""

from textual.message import Message
from textual.reactive import var

from periodic_tui.engine.snapshot import EMPTY, MarkKind, Past, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.widgets.cell_widget import CellWidget
from periodic_tui.ui.widgets.thing import Thing

MARKS: dict[MarkKind, tuple[str, Ink]] = {
    "command": ("┆", Ink.MARK),
    "verdict": ("◆", Ink.TARGET),
    "death": ("×", Ink.TROUBLE),
}
"""How each looks; the later cover the earlier."""
ASCII_MARKS: dict[MarkKind, str] = {"command": ":", "verdict": "v", "death": "x"}
WIDEST_PACE = len("× 1024") + 2


class PastBar(CellWidget):
    """One row, only there while something of the past is shown."""

    DEFAULT_CSS = "PastBar { height: 1; display: none; }"

    snapshot: var[Snapshot] = var(EMPTY)

    class Turn(Message):
        """The user wants to see the picture so many further on, or back."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def watch_snapshot(self) -> None:
        self.redraw()

    def thing_at(self, column: int, row: int) -> Thing | None:
        """The picture that stands there on the track: a click shows it."""
        past = self.snapshot.past
        if past is None:
            return None
        left, right = _ends(past, self.glyphs)
        width = self.size.width - len(left) - len(right)
        if not 0 <= column - len(left) < width:
            return None
        place = round((column - len(left)) / max(width - 1, 1) * (past.pictures - 1))
        return Thing(f"picture {place + 1:,}", lambda: self.post_message(self.Turn(place - past.place)))

    def picture(self) -> Cells:
        past = self.snapshot.past
        return past_line(past, self.size.width, self.glyphs) if past else Cells.blank(*self.size)


def past_line(past: Past, width: int, glyphs: Glyphs) -> Cells:
    """The way of playing, the track with its marks, and the number of the picture."""
    left, right = _ends(past, glyphs)
    cells = Cells.blank(width, 1).write(0, 0, left, Ink.MARK).write(width - len(right), 0, right, Ink.QUIET)
    return cells.paste(track(past, max(width - len(left) - len(right), 0), glyphs), len(left), 0)


def _ends(past: Past, glyphs: Glyphs) -> tuple[str, str]:
    """What stands before and behind the track."""
    return plain(f" {_way(past)} ", glyphs), plain(f" {_count(past)} ", glyphs)


def track(past: Past, width: int, glyphs: Glyphs) -> Cells:
    """A line from the first picture to the last, in so many columns."""
    cells = Cells.blank(width, 1).write(0, 0, GLYPH_SETS[glyphs].borders[1] * width, Ink.QUIET)
    for kind, (shape, ink) in MARKS.items():
        shape = shape if GLYPH_SETS[glyphs].holds(shape) else ASCII_MARKS[kind]
        for place in (place for place, what in past.marks if what == kind):
            cells = cells.write(_column(place, past, width), 0, shape, ink)
    return cells.write(_column(past.place, past, width), 0, plain("●", glyphs), Ink.TEXT)


def _column(place: int, past: Past, width: int) -> int:
    return round(place / max(past.pictures - 1, 1) * max(width - 1, 0))


def _way(past: Past) -> str:
    if past.pace is None:
        return "past" if past.held else "abandoned"
    return f"{'▶' if past.playing else '‖'} {past.pace:g}×".ljust(WIDEST_PACE)


def _count(past: Past) -> str:
    count = f"{past.place + 1:>{len(str(past.pictures))}} of {past.pictures}"
    return f"{count}, being written" if past.written and past.pace is not None else count
