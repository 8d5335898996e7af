"""Names that look alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that looks most like `name`, or None if none does."""
    matches = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return matches[0] if matches else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """The end of an error message: the nearest of `names`, or nothing where none is near."""
    near = nearest(name, names)
    return f"; did you mean {near}?" if near else ""
