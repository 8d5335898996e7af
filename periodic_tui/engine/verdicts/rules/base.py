"""What a rule is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from periodic_tui.engine.arrays import Mask
from periodic_tui.engine.verdicts.evidence import Evidence

AGAIN: Final = ("reinitialize", "starts over")
OTHER_START: Final = ("next:seed", "starts elsewhere")
HALVE: Final = ("scale-lr:0.5", "halves lr")
TENFOLD: Final = ("scale-lr:10", "takes ten times lr")
REMEDIES: Final = ("remedies", "lists what may help")


Next = tuple[tuple[str, str], ...]


class Statement(NamedTuple):
    """What is said of one replica."""

    text: str
    """First what happened, then the figures."""
    short: str
    """The same in one line."""
    figures: Mapping[str, float | int | str]
    """Those that it rests on."""
    margin: float = math.inf
    """How many times the deciding figure is beyond its limit; inf: a fact."""
    next: Next = ()
    """Commands for what to do now, each with what it does."""


@dataclass(frozen=True)
class Rule:
    """One verdict. The docstring of its sentence is its definition."""

    code: str
    predicate: Callable[[Evidence], Mask]
    """For which replicas it holds."""
    sentence: Callable[[Evidence], Statement]
    """For evidence on a single replica, for which it holds."""


def rule(code: str, predicate: Callable[[Evidence], Mask]) -> Callable[[Callable[[Evidence], Statement]], Rule]:
    """Decorator of a sentence."""
    return lambda sentence: Rule(code, predicate, sentence)


def ratio(limit: float, value: float) -> float:
    """How many times the value is within the limit."""
    return limit / value if value > 0 else math.inf
