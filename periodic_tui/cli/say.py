"""All that commands print, apart from a progress bar and a question: whoever's text is in it, it commands no terminal.
The linter lets nothing else call `click.echo`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

import click

from periodic_tui.printable import cells_of, cut, printable
from periodic_tui.ui.terminal.abilities import abilities

if TYPE_CHECKING:
    from periodic_tui.plotting.cells import Glyphs

WIDEST = 80
"""Cells of an entry of a table."""
LONGEST = 1_000
"""Characters of a line that says what is wrong."""


def say(*lines: str, err: bool = False) -> None:
    """Print lines, on stderr where stdout is for results."""
    click.echo("\n".join(map(printable, lines)), err=err)  # noqa: TID251


def complain(*lines: str, err: bool = True) -> None:
    """Say what is wrong, a line a problem, however long the words are that it repeats."""
    say(*(cut(printable(line), LONGEST) for line in lines), err=err)


def glyphs_on(stream: TextIO, choice: str = "auto") -> Glyphs:
    """The characters of what is drawn on a stream, as the dashboard would choose them."""
    return abilities(stream.encoding, os.environ, choice).glyphs


def columns(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    """The lines of a table without rules, its columns below each other."""
    cells = [[cut(printable(cell), WIDEST) for cell in row] for row in rows]
    widths = [max(map(cells_of, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        padded = (cell + " " * (width - cells_of(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()
