"""What lies at a cell of a picture, for the mouse."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Deed = Callable[[], object | Awaitable[object]]
"""What a click does."""


@dataclass(frozen=True)
class Thing:
    """Something that the pointer can be put on."""

    tip: str = ""
    """What it is, in a line or two; shown while the pointer rests there."""
    click: Deed | None = None
    """What a click does, as a key would."""
    enter: Deed | None = None
    """What a double click does, as enter would."""
