"""Gradients that grow or shrink on their way through the layers."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from periodic_tui.watching.findings import LayerLook, Look
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import progress_of
from periodic_tui.watching.verdicts.rules.base import (
    Statement,
    called,
    figure,
    ran,
    rule,
    said,
    size_of,
    steadily,
    weighty,
)

_LAYERS: Final = 4
"""Layers with weights from which a gradient has a way to go."""
_APART: Final = 1e3
"""Times that the relative gradients of the first and the last of them are apart, …"""
_LARGE: Final = 10.0
"""… and gradient over weights that is large."""
_LOOKS: Final = 3
_BLOWN: Final = 1e3
"""Times that the output of a layer is larger than the inputs, or than 1, at the start."""
_STEPS: Final = 100


def _relative(layer: LayerLook) -> float:
    return layer.gradient / layer.weight if layer.weight > 0 else math.nan


def _ends(look: Look) -> tuple[LayerLook, LayerLook, float] | None:
    """The first and the last layer with weights that get a gradient, and how many times larger that of the first is,
    each over its weights."""
    layers = [layer for layer in weighty(look) if layer.role == "weights" and math.isfinite(_relative(layer))]
    if len(layers) < _LAYERS or not _relative(layers[-1]) > 0:
        return None
    return layers[0], layers[-1], _relative(layers[0]) / _relative(layers[-1])


@rule("exploding")
def exploding(memory: Memory) -> Statement | None:
    """Of at least four layers with weights, the first gets a gradient that is, over its weights, more than 1,000 times
    that of the last, and above 10; and the network explains less than a tenth of the target. Or at the first look some
    layer's output is more than 1,000 times as large as the inputs, and as 1; and after 100 steps the network is worse
    than a constant."""
    if grown := _grown(memory):
        return grown
    found = steadily(memory, _ends, _LOOKS)
    if found is None or not progress_of(memory).failed:
        return None
    first, last, ratio = found
    if not (_median_ratio(memory) > _APART and _relative(first) > _LARGE):
        return None
    return _apart("explode", "larger", first, last, ratio, "Start from smaller weights, clip gradients, or normalize.")


def _grown(memory: Memory) -> Statement | None:
    progress, first = progress_of(memory), memory.first[0] if memory.first else None
    if first is None or first.step > 2 or not (progress.explained < 0 and progress.steps >= _STEPS):
        return None
    begins = max(1.0, size_of(first.inputs))
    sizes = [(size_of(layer.output), layer) for layer in ran(first)]
    size, layer = max(sizes, key=lambda each: np.nan_to_num(each[0], nan=-1.0), default=(0.0, None))
    if layer is None or not size > _BLOWN * begins:
        return None
    grown = f"inputs of size {figure(size_of(first.inputs))} have grown to {figure(size)} at {called(layer)}"
    text = (
        f"Activations explode: at step {first.step:,}, {grown}, and after {progress.steps:,} steps the loss is still "
        f"{figure(progress.recent)}, where the best constant has {figure(progress.constant_loss)}. Start from smaller "
        "weights, or normalize between the layers."
    )
    return said(text, (f"Activations explode: {grown}.", "Activations explode."), size / begins / _BLOWN, size=size)


@rule("vanishing")
def vanishing(memory: Memory) -> Statement | None:
    """Of at least four layers with weights, the first gets a gradient that is, over its weights, less than a
    thousandth of that of the last; and the network explains less than a tenth of the target."""
    found = steadily(memory, _ends, _LOOKS)
    if found is None or not progress_of(memory).failed:
        return None
    first, last, ratio = found
    if not _median_ratio(memory) < 1 / _APART:
        return None
    what = "Take ReLU in place of sigmoids, larger first weights, normalization or shortcuts."
    return _apart("vanish", "smaller", first, last, 1 / ratio if ratio else math.inf, what)


def _median_ratio(memory: Memory) -> float:
    ends = [_ends(look) for look in list(memory.last)[-8:]]
    return float(np.median([each[2] for each in ends if each]))


def _apart(does: str, how: str, first: LayerLook, last: LayerLook, ratio: float, advice: str) -> Statement:
    times = f"{figure(ratio)} times {how}" if math.isfinite(ratio) else f"far {how}"
    ends = f"{figure(_relative(first))} at {called(first)}, {figure(_relative(last))} at {called(last)}"
    text = f"Gradients {does}: over the weights they are {ends}; at the first layer {times} than at the last. {advice}"
    short = (f"Gradients {does}: {ends}.", f"Gradients {does}: {times} at the first layer than at the last.")
    margin = ratio / _APART
    return said(text, short, margin, first=_relative(first), last=_relative(last), layer=first.name, ratio=ratio)
