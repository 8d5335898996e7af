"""What a rule about somebody's training is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from periodic_tui.watching.memory import Memory


class Statement(NamedTuple):
    """What is said."""

    text: str
    """First what happens, then the figures, then what to try: whole sentences."""
    short: str
    """The same in one line of at most 78 cells, figures included."""
    figures: Mapping[str, float | int | str]
    """Those that it rests on."""


@dataclass(frozen=True)
class Rule:
    """One verdict. The docstring of its judgment is its definition."""

    code: str
    judge: Callable[[Memory], Statement | None]
    """None where it does not hold, or is not certain enough."""


def rule(code: str) -> Callable[[Callable[[Memory], Statement | None]], Rule]:
    """Decorator of a judgment."""
    return lambda judge: Rule(code, judge)
