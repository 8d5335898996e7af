"""Names that look alike."""

from __future__ import annotations

import difflib
from collections.abc import Collection

ALSO_CALLED = {"linear": "identity", "none": "identity", "swish": "silu", "l1": "mae", "l2": "mse"}
"""Names by which others know things that look nothing like ours."""
FEW = 12
"""Names that are all told after a wrong one."""
LIKELY = 3
"""How many of more are told."""


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


def instead_of(name: str, names: Collection[str], where: str = "") -> str:
    """The end of an error message: all of `names` where they are few, else those most like the wrong one, and `where`
    all of them are told."""
    if len(names) <= FEW:
        return f"expected one of {', '.join(names)}{did_you_mean(name, names)}"
    likely = difflib.get_close_matches(name, names, n=LIKELY, cutoff=0.4)
    near = nearest(name, names)
    if near:
        *others, last = dict.fromkeys((near, *likely))
        meant = f"; did you mean {' or '.join(filter(None, (', '.join(others), last)))}?"
    else:
        meant = f", such as {', '.join(likely or list(names)[:LIKELY])}{';' if where else ''}"
    return f"expected one of {len(names)}{meant} {where}".rstrip()
