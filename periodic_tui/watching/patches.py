"""Putting a wrapper in the place of a function of torch, and taking it away again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

Function = Callable[..., Any]


def wrap(owner: Any, name: str, around: Callable[[Function], Function]) -> Callable[[], None]:
    """Gives what takes the wrapper away; where somebody has put another one over it, it stays below that, and does
    nothing any more."""
    original = getattr(owner, name)
    wrapper = wraps(original)(around(original))
    setattr(owner, name, wrapper)

    def undo() -> None:
        if getattr(owner, name) is wrapper:
            setattr(owner, name, original)

    return undo
