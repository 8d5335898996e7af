"""What the screen shows is text and nothing else, whoever wrote it: none of it is markup, and none reaches the
terminal that could command it, or would take other cells than Textual has counted."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter

_FLAGS = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
"""Two of which are one flag, in as many cells as a terminal likes."""


class _Harmless(dict[int, str]):
    """What stands for a character, by its code point: itself where it fills one cell, or is a letter of two, whose
    width every terminal knows; else question marks, as many as it has cells."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        cells = cell_len(char)
        wide_letter = char.isalpha() and unicodedata.east_asian_width(char) in "WF"
        stays = char.isprintable() and (cells == 1 or (cells == 2 and wide_letter)) and char not in _FLAGS
        self[code] = char if stays else cells * "?"
        return self[code]


_HARMLESS = _Harmless()


def harmless(text: str) -> str:
    """Text of as many cells in which no character commands the terminal, joins its neighbor or turns the line round."""
    if text.isascii() and text.isprintable():
        return text
    return set_cell_size(text.translate(_HARMLESS), cell_len(text))


class Inert(LineFilter):
    """The last that every line of every widget passes on its way to the terminal, and to pictures of the screen."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with harmless text."""
        return [Segment(harmless(text), style, control) for text, style, control in segments]


def _as_it_stands(cls: type[Content], /, markup: str | Content, **variables: object) -> Content:
    return markup if isinstance(markup, Content) else cls(markup)


def without_markup() -> None:
    """Let Textual take every string as it stands: in titles of boxes, menus, toasts, tooltips and the palette, too,
    each of which would have to be told by itself."""
    Content.from_markup = classmethod(_as_it_stands)  # type: ignore[assignment]
