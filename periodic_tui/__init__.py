"""A terminal laboratory for small networks that fail to train, and for what rescues them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from periodic_tui.watching.in_code import watch as watch

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name != "watch":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from periodic_tui.watching.in_code import watch

    return watch
