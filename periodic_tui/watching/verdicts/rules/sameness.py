"""Outputs that are all the same, and units that are."""

from __future__ import annotations

import math
from typing import Final

from periodic_tui.watching.findings import LayerLook, Look, LossLook
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import main_loss, progress_of
from periodic_tui.watching.verdicts.rules.base import Statement, called, figure, listed, rule, said, steadily, weighty

_LOOKS: Final = 3
_MOVED: Final = 10
"""Steps after which weights that began equal have parted, if they can."""
_CONSTANT: Final = 0.01
"""The output is constant where it varies by less than this share of what the targets do, …"""
_SAME_SHARES: Final = 0.02
"""… for cross entropies, where logits vary by less than this."""


@rule("collapsed-to-constant")
def collapsed_to_constant(memory: Memory) -> Statement | None:
    """What the network gives varies over the batch by less than 1 % of what the targets do (logits: by less than 0.02)
    at three looks after one another, and it is no better than a constant."""
    progress, found = progress_of(memory), steadily(memory, _constant, _LOOKS)
    if found is None or not progress.failed:
        return None
    spread, target, mean = found.prediction.spread, found.target.std, found.prediction.mean
    text = (
        f"The output is a constant, {figure(mean)}: over the batch it varies by {figure(spread)}, the targets by "
        f"{figure(target)}; the loss stands at {figure(progress.recent)}. Look for units that are dead or saturated, "
        "try a smaller lr, less weight decay, other first weights."
    )
    short = (f"The output is the constant {figure(mean)}: it varies by {figure(spread)}, targets by {figure(target)}.",)
    return said(text, (*short, f"The output is the constant {figure(mean)}."), spread=spread, target=target, mean=mean)


def _constant(look: Look) -> LossLook | None:
    loss = main_loss(look)
    if loss is None or not loss.target.spread > 0 or not math.prod(loss.prediction.shape[:1]) > 1:
        return None
    limit = _SAME_SHARES if "entropy" in loss.kind or loss.kind == "nll_loss" else _CONSTANT * loss.target.std
    return loss if loss.prediction.spread < limit else None


@rule("duplicate-units")
def duplicate_units(memory: Memory) -> Statement | None:
    """All units of some layer that is trained have the same weights, to the last bit, after ten steps."""
    layers = steadily(memory, _equal, _LOOKS) if memory.last and memory.last[-1].step >= _MOVED else None
    if not layers:
        return None
    names = listed([called(layer) for layer in layers])
    zero = " (all are 0)" if all(layer.weight == 0 for layer in layers) else ""
    text = (
        f"All units of {names} have the same weights{zero}: they began equal, gradients keep them so, and each layer "
        "does no more than a single unit. Draw the first weights at random."
    )
    short = (f"All units of {names} have the same weights{zero}.", "All units of a layer have the same weights.")
    return said(text, short, layers=names, equal=len(layers))


def _equal(look: Look) -> list[LayerLook] | None:
    return [layer for layer in weighty(look) if layer.equal and layer.gradient >= 0] or None
