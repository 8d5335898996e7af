"""Text that is safe on a terminal, and how many cells it takes there."""

import unicodedata


def printable(text: str, keep: str = "") -> str:
    r"""`text` with every control character but those in `keep` written as `\uXXXX`, as TOML does."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in keep else _escape(ord(char)) for char in text)


def cells_of(text: str) -> int:
    """Cells of a terminal that printable text takes: two for a wide character, none for one that joins its neighbor."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, cells: int) -> str:
    """The text in so many cells at most, its end replaced by … where it is too long."""
    if cells_of(text) <= cells:
        return text
    kept = text[:cells]
    while cells_of(kept) >= cells:
        kept = kept[:-1]
    return f"{kept}…"


def _cells(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _escape(code: int) -> str:
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
