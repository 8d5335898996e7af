"""What the form of the network, its regularization, or the order of the samples makes hard."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from periodic_tui.watching.findings import Look
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import main_loss, progress_of
from periodic_tui.watching.verdicts.rules.base import (
    Statement,
    called,
    figure,
    lately,
    percent,
    ran,
    rule,
    said,
    steadily,
)

_STUCK: Final = 0.9
_STRAIGHT: Final = ("Linear", "Flatten", "Identity", "Unflatten", "Conv1d", "Conv2d", "Conv3d", "AvgPool2d")
_DROPPED: Final = 0.8
_SHRUNK: Final = 0.3
"""Share of their first length to which weight decay has brought the weights."""
_BATCHES, _MOSTLY, _CHANCE = 4, 0.8, 1e-4
"""Looks, share of those with a single class, and how probable all of these together may be."""


@rule("unshuffled")
def unshuffled(memory: Memory) -> Statement | None:
    """Of the batches that were looked at, four fifths hold a single class, not always the same one, which would hardly
    happen by chance."""
    looks = [loss for look in memory.kept if len(look.optimizers) == 1 and (loss := main_loss(look))]
    counts = [loss.counts for loss in looks if loss.counts.size]
    if len(counts) < _BATCHES or len(counts) < len(memory.kept) or len({len(each) for each in counts}) != 1:
        return None
    table = np.array(counts)
    single, classes = int(((table > 0).sum(1) == 1).sum()), int((table.sum(0) > 0).sum())
    shares = table.sum(0) / max(1.0, table.sum())
    by_chance = float((shares ** table.sum(1).min()).sum())
    if single < _MOSTLY * len(counts) or classes < 2 or by_chance**single > _CHANCE:
        return None
    text = (
        f"The samples are not shuffled: {single:,} of the {len(counts):,} batches that were looked at hold a single "
        f"class, in turn one of {classes:,}, so that the network forgets one for the other. Set shuffle=True."
    )
    short = (f"Not shuffled: {single:,} of {len(counts):,} batches hold a single class.",)
    return said(text, short, batches=len(counts), single=single, classes=classes)


@rule("linear-network")
def linear_network(memory: Memory) -> Statement | None:
    """Two or more linear layers run with nothing between that bends, and the network explains less than 90 % of the
    target and stands still: together they are one linear map."""
    layers = steadily(memory, _straight, looks=3)
    progress = progress_of(memory)
    if not layers or not progress.is_stuck(_STUCK, 100):
        return None
    text = (
        f"The network is linear: its {layers} layers have no activation between them, and together are one linear map; "
        f"it explains {percent(max(0, progress.explained))} of the target. Put an activation between the layers."
    )
    short = (f"Linear: {layers} layers with no activation; {percent(max(0, progress.explained))} explained.",)
    return said(text, short, layers=layers, explained=progress.explained)


def _straight(look: Look) -> int | None:
    """Linear layers, where nothing else runs but what changes shapes, and dropout."""
    layers = ran(look)
    inner = layers[:-1] if layers and layers[-1].probabilities else layers
    plain = all(layer.kind in _STRAIGHT or layer.role == "dropout" for layer in inner)
    linear = sum(layer.role == "weights" for layer in inner)
    return linear if plain and linear > 1 and len(look.models) == 1 else None


@rule("dropout-too-high")
def dropout_too_high(memory: Memory) -> Statement | None:
    """A dropout drops 80 % or more, and the network explains less than 90 % of the target and stands still."""
    found = steadily(memory, lambda look: max((x for x in look.layers if x.rate >= _DROPPED), key=lambda x: x.rate,
                                              default=None), looks=3)  # fmt: skip
    progress = progress_of(memory)
    if found is None or not found.training or not progress.is_stuck(_STUCK):
        return None
    text = (
        f"Dropout {called(found)} drops {percent(found.rate)} of what passes, and the network explains "
        f"{percent(max(0, progress.explained))} of the target. Try a rate of 0.5 or less."
    )
    return said(
        text,
        (f"Dropout {called(found)} drops {percent(found.rate)}.", f"A dropout drops {percent(found.rate)}."),
        rate=found.rate,
        layer=found.name,
    )


@rule("weight-decay-too-strong")
def weight_decay_too_strong(memory: Memory) -> Statement | None:
    """Weight decay has brought the weights to less than a third of their first length, and the network explains less
    than 90 % of the target and stands still."""
    looks = lately(memory, 3)
    if not looks or len(looks[-1].optimizers) != 1 or not progress_of(memory).is_stuck(_STUCK):
        return None
    decay = looks[-1].optimizers[0].weight_decay
    first, now = _length(memory.first[0]), _length(looks[-1])
    if not (decay > 0 and now < _SHRUNK * first):
        return None
    text = (
        f"Weight decay {figure(decay)} is too strong: it has brought the weights from {figure(first)} to "
        f"{figure(now)} in length, and the loss stands at {figure(memory.loss)}. Try {figure(decay / 100)}."
    )
    return said(text, (f"Weight decay {figure(decay)}: weights from {figure(first)} to {figure(now)}.",), decay=decay)


def _length(look: Look) -> float:
    return math.hypot(*(layer.weight for layer in look.layers if layer.weight >= 0))
