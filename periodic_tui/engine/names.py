"""Names that look alike."""

from __future__ import annotations

import difflib
from collections.abc import Collection

ALSO_CALLED = {"linear": "identity", "none": "identity", "swish": "silu", "l1": "mae", "l2": "mse"}
"""Names by which others know things that look nothing like ours."""


def nearest(name: str, names: Collection[str], alike: float = 0.5) -> str | None:
    """The one of `names` that is meant by `name`, or looks most like it, or None if none is `alike`: from 0, nothing in
    common, to 1, the same."""
    if ALSO_CALLED.get(name) in names:
        return ALSO_CALLED[name]
    matches = difflib.get_close_matches(name, names, n=1, cutoff=alike)
    return matches[0] if matches else None


def did_you_mean(name: str, names: Collection[str]) -> str:
    """The end of an error message: the nearest of `names`, or nothing where none is near."""
    near = nearest(name, names)
    return f"; did you mean {near}?" if near else ""
