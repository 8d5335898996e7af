"""A row of words in several inks."""

from collections.abc import Iterable, Sequence

import numpy as np

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.figures import Name
from periodic_tui.ui.formatting import plain

Span = tuple[str, Ink]
"""Words and their ink."""

DOT: Span = (" · ", Ink.QUIET)


def row_of(spans: Iterable[Span], glyphs: Glyphs) -> Cells:
    """One row, as wide as its words."""
    written = [(plain(words, glyphs), ink) for words, ink in spans]
    row = Cells.of_lines(["".join(words for words, _ in written)], Ink.TEXT)
    inks = np.repeat([ink for _, ink in written], [len(words) for words, _ in written]).astype(np.uint8)
    return Cells(row.glyphs, inks[np.newaxis])


def dotted(parts: Sequence[Sequence[Span]]) -> list[Span]:
    """The parts with dots between them."""
    return [span for number, part in enumerate(parts) for span in ((DOT, *part) if number else part)]


def length(spans: Iterable[Span]) -> int:
    """Cells that they take."""
    return sum(len(words) for words, _ in spans)


def legend_row(names: Sequence[Name], room: int, glyphs: Glyphs) -> Cells:
    """The names in their inks, each with a piece of its curve: where there is no room the pale ones give way first, and
    then the last."""
    shown = list(names)
    while shown and length(_legend(shown)) > room:
        shown.remove(next((name for name in shown if name.ink == Ink.PALE), shown[-1]))
    return row_of(_legend(shown), glyphs)


def _legend(names: Sequence[Name]) -> list[Span]:
    """What is pale is named in a quiet ink: pale words could not be read."""
    spans: list[Span] = []
    for name in names:
        spans += [(f" {name.sample} ", name.ink), (f"{name.label} ", Ink.QUIET if name.ink == Ink.PALE else name.ink)]
    return spans
