"""Text as a stranger may write it, and what must not be left of it anywhere."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, get_type_hints

from rich.cells import cell_len

T = TypeVar("T")

PIECES = (
    "\x1b]0;owned\x07", "\x1b[2J\x1b[31m", "\x1b]52;c;b3duZWQ=\x07", "\x9b31m", "\x00\x08\x7f", "\r\n\t",
    "[@click=app.quit]q[/]", "[/", "[bold", '[1, "3"]', "[link=file:///etc]x[/link]", "\\[", "$x %s {0}",
    "\u202eright to left", "\u200b\u2060\ufeff", "e\u0301\u0301\u0301", "👩\u200d👩\u200d👧 🇨🇭 ☂\ufe0f", "漢字かなカナ",
    "\ud800", "\U000e0041\ufffe", "]]>&<>\"'", "=cmd|' /C'!A0", "\u2028\u3164",
)  # fmt: skip
"""Each of another kind: commands to terminals, markup, directions, widths, halves of characters, other formats'."""
HOSTILE = "".join(PIECES)
LONG = (HOSTILE + "x" * 300) * 20
"""More than 10,000 characters."""


def poisoned(value: T, text: str) -> T:
    """A dataclass in which every string is followed by that text, down to the dataclasses in it; what it is told by
    stays: a verdict's code, and names that are one of a few."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    hints = get_type_hints(type(value))
    old = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
    new = {name: _poisoned(each, text) for name, each in old.items() if name != "code" and _free(hints[name])}
    return replace(value, **new)


def _free(hint: Any) -> bool:
    return "Literal" not in str(hint)


def _poisoned(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return value + text
    if isinstance(value, tuple):
        return tuple(_poisoned(each, text) for each in value)
    return poisoned(value, text)


def harm_in(text: str) -> list[str]:
    """The characters that command a terminal, turn the line round or cannot be written; lines may break."""
    return [f"U+{ord(char):04X}" for char in text if not char.isprintable() and char != "\n"]


def displaces(row: str) -> list[str]:
    """The characters of a row of the screen whose cells a terminal may count otherwise than we do."""
    return [char for char in row if cell_len(char) != 1 and not _wide_letter(char)]


def _wide_letter(char: str) -> bool:
    return char.isalpha() and unicodedata.east_asian_width(char) in "WF"
