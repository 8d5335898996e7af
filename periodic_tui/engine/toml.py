"""Reading TOML of strangers: no key is so long that it takes long."""

from __future__ import annotations

import re
import tomllib
from typing import Any

MOST_PARTS = 32
"""Most parts of a dotted key; no key of a preset has more than a few."""
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_TOO_LONG = re.compile(rf"(?<![\w\"'-]){_PART}(?:\.[ \t]*+{_PART}){{{MOST_PARTS}}}", re.ASCII)


def read_toml(text: str) -> dict[str, Any]:
    """The table that the text is. Raises ValueError with one line, or RecursionError.

    The parser of the standard library takes a time that grows with the square of a key's parts: a minute for a
    hundred kilobytes.
    """
    if found := _TOO_LONG.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise ValueError(
            f"line {line}: a key of more than {MOST_PARTS} parts, {found.group()[:20]}…; no key is so long"
        )
    return tomllib.loads(text)
