"""Layers of units that do nothing."""

from __future__ import annotations

from typing import Final

import numpy as np

from periodic_tui.engine.arrays import Floats
from periodic_tui.watching.findings import LayerLook, Look
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import progress_of
from periodic_tui.watching.verdicts.rules.base import (
    Statement,
    called,
    figure,
    lately,
    listed,
    percent,
    ran,
    rule,
    said,
    steadily,
    update_of,
)

_HARDLY: Final = 0.01
"""A unit that is active on less than this share of the batches does nothing."""
_LOOKS: Final = 3
_POOLED: Final = 8
"""Looks whose batches are taken together."""
_SAMPLES: Final = 32
"""So many values of a unit from which that is certain."""
_MOST: Final = 0.5
"""Share of a layer's units that must be dead, or saturated."""
_NEARLY_ALL: Final = 0.95
_LONG: Final = 500
"""Share of a layer's units that must be saturated from the start on, and steps, for a falling loss to be no excuse."""


def _is_dead(layer: LayerLook) -> bool:
    return bool(layer.active.size) and bool((layer.active < _HARDLY).all())


def _dead_layers(look: Look) -> list[LayerLook] | None:
    """Activations that are dead where no gradient comes to what lies before the first of them."""
    layers = ran(look)
    first = next((place for place, layer in enumerate(layers) if _is_dead(layer)), 0)
    dead, before = [layer for layer in layers if _is_dead(layer)], [layer for layer in layers[:first] if layer.held]
    return dead if dead and before and not any(layer.gradient > 0 for layer in before) else None


@rule("dead-network")
def dead_network(memory: Memory) -> Statement | None:
    """Some layer's activations are all dead (|φ′| ≥ 1e-3, for a ReLU z > 0, on less than 1 % of the batch) at three
    looks after one another, no gradient comes to the layers before it, and the network explains less than half of the
    target, no longer more and more."""
    dead = steadily(memory, _dead_layers, _LOOKS)
    if not dead or not progress_of(memory).is_stuck(0.5, 20):
        return None
    names, since, units = listed([called(each) for each in dead]), _since(memory, dead[0].name), dead[0].active.size
    who = f"all units of {names} are" if len(dead) > 1 else f"all {units:,} units of {names} are"
    who = f"the only unit of {names} is" if len(dead) == units == 1 else who
    step = f"since step {since:,} at the latest"
    other = ", or take LeakyReLU" if "relu" in dead[0].kind.lower() else ""
    text = (
        f"The network is dead: {who} off on the whole batch, {step}, so that no gradient passes; the loss stands at "
        f"{figure(memory.loss)}{_push(memory)}. Start again with a smaller lr, smaller first weights (Kaiming) or "
        f"scaled inputs{other}."
    )
    short = (
        f"Dead: {who} off, {step}.",
        f"Dead: a layer of {units:,} units is off, {step}.",
    )
    return said(text, short, layers=", ".join(each.name for each in dead), units=units, step=since, loss=memory.loss)


def _since(memory: Memory, name: str) -> int:
    """Step of the first look from which on the layer has been dead."""
    since = memory.last[-1].step
    for look in reversed(memory.kept):
        if not any(layer.name == name and _is_dead(layer) for layer in look.layers):
            break
        since = look.step
    return since


def _push(memory: Memory) -> str:
    """The step that may have done it."""
    first = [update_of(look) for look in memory.first if look.step <= 2]
    longest = max(first, default=0.0)
    return f"; its first steps were {figure(longest)} times as long as its weights" if longest > 0.5 else ""


@rule("saturated")
def saturated(memory: Memory) -> Statement | None:
    """In some layer of sigmoids, tanhs … half of the units are on nine tenths of the batch where the slope is below a
    hundredth of its largest, at three looks after one another, and the network explains less than half of the target
    (less than 90 %, where they began there; and no longer more and more, but after 500 steps where 95 % of the units
    began there and still are)."""
    found, progress = steadily(memory, _saturated, _LOOKS), progress_of(memory)
    began = (_saturated(memory.first[0]) if memory.first else None) or []
    if not found:
        return None
    layer, share = max(found, key=lambda each: each[1])
    lasts = share >= _NEARLY_ALL and any(other >= _NEARLY_ALL and each.name == layer.name for each, other in began)
    late = lasts and progress.steps >= _LONG and progress.explained < 0.9
    if not (late or progress.is_stuck(0.9 if began else 0.5)):
        return None
    names = listed([called(each) for each, _ in found])
    size = figure(max(abs(layer.input.low), abs(layer.input.high)))
    text = (
        f"Saturated: {percent(share)} of the units of {called(layer)} are at their ends on nearly the whole batch "
        f"(pre-activations up to {size}), and hardly any gradient passes"
        + (f"; the same in {names}" if len(found) > 1 else "")
        + ". Scale the inputs, start from smaller weights, or take a smaller lr."
    )
    short = (f"Saturated: {percent(share)} of the units of {called(layer)} are at their ends.",)
    return said(
        text, (*short, f"Saturated: {percent(share)} of a layer's units."), share / _MOST, share=share, layers=names
    )


def _saturated(look: Look) -> list[tuple[LayerLook, float]] | None:
    """Layers with units behind them that still learn, and the share of their units at an end."""
    last = "".join(layer.name for layer in ran(look)[-1:])
    shares = [(layer, float((layer.ends > 0.9).mean())) for layer in ran(look) if layer.ends.size]
    return [(layer, share) for layer, share in shares if share >= _MOST and layer.name != last] or None


@rule("dead-units")
def dead_units(memory: Memory) -> Statement | None:
    """More than half of some layer's units are off on eight batches together, and the network explains less than half
    of the target; where all of them are, that is told alone."""
    looks = lately(memory, _POOLED)
    whole = steadily(memory, _dead_layers, _LOOKS)
    if whole or not looks or not progress_of(memory).is_stuck(0.5):
        return None
    shares = {
        called(layer): float((pooled < _HARDLY).mean()) for layer in looks[-1].layers
        if layer.active.size and (pooled := _pooled(looks, layer.name)).size
    }  # fmt: skip
    dead = {name: share for name, share in shares.items() if share > _MOST}
    if not dead:
        return None
    name, share = max(dead.items(), key=lambda each: each[1])
    text = (
        f"Dead units: {percent(share)} of the units of {name} were off on the last {_POOLED} batches that were "
        f"looked at, and the loss stands at {figure(memory.loss)}. Try a smaller lr, other first weights, or LeakyReLU."
    )
    short = (f"{percent(share)} of the units of {name} are dead.", f"{percent(share)} of a layer's units are dead.")
    return said(text, short, share / _MOST, share=share, layers=listed(list(dead)))


def _pooled(looks: list[Look], name: str) -> Floats:
    """`[units]`: largest share of a batch on which each is active; empty where there were too few samples."""
    found = [layer.active for look in looks for layer in look.layers if layer.name == name]
    samples = sum(look.batch for look in looks)
    if len({each.shape for each in found}) != 1 or samples < _SAMPLES:
        return np.empty(0)
    pooled: Floats = np.max(found, 0)
    return pooled
