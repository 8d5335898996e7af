"""A screen as cells with colors, taken from the app itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual._compositor import LayoutUpdate
from textual.app import App

THEME = TerminalTheme((0, 0, 0), (255, 255, 255), [(0, 0, 0)] * 8)
"""For colors by number, of which our themes have none."""


class Cell(NamedTuple):
    """What stands in one place of the screen."""

    char: str = " "
    front: str = "#000000"
    back: str = "#ffffff"
    bold: bool = False


Row = tuple[Cell, ...]
Screen = tuple[Row, ...]


def screen_of(app: App[None]) -> Screen:
    """What the app shows now, with what lies below its menus."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    return tuple(_row(segment for strip in line for segment in strip) for line in update.strips)


def text_of(screen: Screen) -> list[str]:
    """The rows as text."""
    return ["".join(cell.char for cell in row) for row in screen]


def _row(segments: Iterable[Segment]) -> Row:
    cells: list[Cell] = []
    for text, style, _ in segments:
        for char in text:
            cells += [_cell(char, style or Style()), *[_cell(" ", style or Style())] * (cell_len(char) - 1)]
    return tuple(cells)


def _cell(char: str, style: Style) -> Cell:
    front = style.color.get_truecolor(THEME).hex if style.color else Cell().front
    back = style.bgcolor.get_truecolor(THEME, foreground=False).hex if style.bgcolor else Cell().back
    if style.reverse:
        front, back = back, front
    return Cell(char, front, back, bool(style.bold))
