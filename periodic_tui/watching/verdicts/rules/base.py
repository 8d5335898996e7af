"""What a rule about somebody's training is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from periodic_tui.engine.verdicts.words import in_one_line
from periodic_tui.watching.findings import LayerLook, Look, Values
from periodic_tui.watching.remembering.memory import Memory

Found = TypeVar("Found")
_NAMED = 3
"""So many names stand in a sentence."""


class Statement(NamedTuple):
    """What is said."""

    text: str
    """First what happens, then the figures, then what to try: whole sentences."""
    short: str
    """The same in one line of at most 78 cells, figures included."""
    figures: Mapping[str, float | int | str]
    """Those that it rests on."""
    margin: float = math.inf
    """How many times the deciding figure is beyond its limit; inf: a fact."""


def said(text: str, short: Sequence[str], margin: float = math.inf, **figures: float | int | str) -> Statement:
    """A statement whose short form is the first of these that fits one line."""
    return Statement(text, in_one_line(*short), figures, margin)


@dataclass(frozen=True)
class Rule:
    """One verdict. The docstring of its judgment is its definition."""

    code: str
    judge: Callable[[Memory], Statement | None]
    """None where it does not hold, or is not certain enough."""


def rule(code: str) -> Callable[[Callable[[Memory], Statement | None]], Rule]:
    """Decorator of a judgment."""
    return lambda judge: Rule(code, judge)


def lately(memory: Memory, looks: int) -> list[Look]:
    """The newest looks, oldest first, before the loss was no longer finite; none where there were fewer."""
    sound = [look for look in memory.last if math.isfinite(look.loss)] or list(memory.last)
    return sound[-looks:] if len(sound) >= looks else []


def steadily(memory: Memory, find: Callable[[Look], Found | None], looks: int = 2) -> Found | None:
    """What is found at the newest look, if something is found at each of so many."""
    found = [find(look) for look in reversed(lately(memory, looks))]
    return found[0] if found and all(each is not None for each in found) else None


def ran(look: Look) -> list[LayerLook]:
    """Layers in the order in which they ran; those that did not are left out."""
    return [layer for layer in look.layers if layer.output.shape]


def is_module(layer: LayerLook) -> bool:
    """Whether it is no function: those have no mode, and what they are given may be no parameter."""
    return not layer.kind.islower()


def weighty(look: Look) -> list[LayerLook]:
    """Those of them with parameters that are trained."""
    return [layer for layer in ran(look) if layer.held > 0]


def update_of(look: Look) -> float:
    """Length of the step over that of the parameters, of all layers together; NaN where there is none."""
    held = [layer for layer in look.layers if layer.held]
    layers = [layer for layer in held if math.isfinite(layer.update) and math.isfinite(layer.weight)]
    weight = math.hypot(*(layer.weight for layer in layers))
    return math.hypot(*(layer.update for layer in layers)) / weight if weight > 0 else math.nan


def size_of(values: Values) -> float:
    """Root mean square of its entries."""
    return math.hypot(values.mean, values.std)


def figure(value: float) -> str:
    """Three digits: `0.00123`, `12,300`, `4.1e-07`."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if 1_000 <= abs(value) < 1e7:
        return f"{float(f'{value:.3g}'):,.0f}"
    return f"{value:.3g}"


def percent(share: float, digits: int = 0) -> str:
    """`5 %`."""
    return f"{100 * share:.{digits}f} %"


def shape_of(values: Values) -> str:
    """`64×1`; `a number` without dimensions."""
    return "×".join(map(str, values.shape)) or "a number"


def called(layer: LayerLook) -> str:
    """`fc1`; what goes by a number alone also by its kind, `features.3 (ReLU)`."""
    return f"{layer.name} ({layer.kind})" if layer.name.rpartition(".")[2].isdecimal() else layer.name


def listed(names: Sequence[str]) -> str:
    """`fc1, fc2`, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_NAMED])} and {more:,} more"
