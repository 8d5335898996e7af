"""Steps that are too large or too small."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from periodic_tui.watching.findings import Look
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import progress_of
from periodic_tui.watching.verdicts.rules.base import Statement, figure, lately, percent, rule, said, update_of
from periodic_tui.watching.verdicts.rules.divergence import overstepped

_THROWN: Final = 0.5
"""First step over the weights, from which it throws a network away, …"""
_FAR, _STUCK = 3.0, 0.9
"""… so far that it need not have failed, only stand still where it explains less than this share, …"""
_LEAPT: Final = 30.0
"""… which also holds where the loss leapt by this factor in the first five steps, …"""
_LONG: Final = 200
"""… steps after which it should be better than a constant …"""
_SHAKEN: Final = 0.1
"""… and step over the weights that never lets one come to rest, …"""
_ABOVE: Final = 2.0
"""… where the loss stays so many times above that of the best constant."""
_RAISED: Final = 10.0
"""Times that the loss is above where it began."""
_STILL: Final = 1e-4
"""Step over the weights below which they hardly move, …"""
_WAY: Final = 0.05
"""… all steps together by less than this share of their length."""
_PULLS: Final = 0.2
"""Share of its first length from which a gradient tells that no rest was found."""
_FADED, _SOON = 1e-3, 0.1
"""Share of its largest value below which a learning rate is gone, and of the steps within which it was so soon."""
_STEPS: Final = 100
_LOOKS: Final = 4


@rule("step-too-large")
def step_too_large(memory: Memory) -> Statement | None:
    """The network explains less than a tenth of the target and hardly learns, or is worse than a constant after 200
    steps; and its first steps were longer than half of the weights, or the last ones are longer than a tenth of them
    and the loss is twice that of a constant, or ten times what it was at first. Or its first steps were three times as
    long as the weights, or half as long and the loss leapt to 30 times its first, and it stands still where it explains
    less than 90 %. Or the loss is not finite any more, and had risen to ten times its first, or a step was longer than
    half of the weights, and the data are sound."""
    if memory.not_finite is not None:
        return _beyond_all(memory)
    progress = progress_of(memory)
    first = [update_of(look) for look in memory.first if look.step <= 2]
    last = [update_of(look) for look in lately(memory, _LOOKS)]
    thrown, shaken = max(first, default=math.nan), float(np.median(last)) if last else math.nan
    raised = progress.recent / progress.start if progress.start > 0 else math.nan
    lost = progress.failed or (progress.explained < 0 and progress.steps >= _LONG)
    leapt = max(memory.start) / memory.start[0] if memory.start and memory.start[0] > 0 else math.nan
    far = thrown > _FAR or (thrown > _THROWN and leapt > _LEAPT)
    if not last or not (lost or (far and progress.is_stuck(_STUCK))):
        return None
    is_above = progress.value > _ABOVE * progress.constant
    if raised > _RAISED and is_above:
        moves, margin = f"the loss is {figure(raised)} times what it was at first", raised / _RAISED
    elif thrown > _THROWN:
        moves, margin = f"the first step was {figure(thrown)} times as long as the weights", thrown / _THROWN
    elif shaken > _SHAKEN and is_above:
        moves, margin = f"each step still changes the weights by {percent(shaken)}", shaken / _SHAKEN
    else:
        return None
    lr = memory.last[-1].optimizers[0].lr if memory.last[-1].optimizers else math.nan
    text = (
        f"Steps are too large: {moves} (lr {figure(lr)}), and the loss is {figure(progress.recent)}, where the best "
        f"constant has {figure(progress.constant_loss)}. Try lr {figure(lr / 10)} or smaller."
    )
    short = (f"Steps too large at lr {figure(lr)}: {moves}.", f"Steps are too large at lr {figure(lr)}.")
    return said(text, short, margin, lr=lr, first=thrown, last=shaken, loss=progress.recent)


def _beyond_all(memory: Memory) -> Statement | None:
    moved = overstepped(memory)
    if not moved:
        return None
    lr = memory.last[-1].optimizers[0].lr if memory.last and memory.last[-1].optimizers else math.nan
    text = f"Steps are too large (lr {figure(lr)}): {moved}. Try lr {figure(lr / 10)} or smaller, or clip gradients."
    return said(text, (f"Steps too large at lr {figure(lr)}: {moved}.", f"Steps too large at lr {figure(lr)}."), lr=lr)


def _gradient(look: Look) -> float:
    """Length of all gradients together."""
    return math.hypot(*(layer.gradient for layer in look.layers if layer.held and layer.gradient >= 0))


@rule("step-too-small")
def step_too_small(memory: Memory) -> Statement | None:
    """Steps are shorter than 1e-4 of the weights, and so far all of them together than a twentieth; the learning rate
    is not rising, the gradient is at least a fifth of its first length, and the network explains less than half of the
    target. Or the learning rate fell below a thousandth of its largest value within the first tenth of the steps, and
    the network explains less than 90 % of the target and stands still."""
    if gone := _faded(memory):
        return gone
    progress, looks = progress_of(memory), lately(memory, _LOOKS)
    rates = [look.optimizers[0].lr for look in looks if look.optimizers]
    if not looks or not rates or rates[-1] > rates[0] or not progress.is_stuck(0.5, _STEPS):
        return None
    update = float(np.median([update_of(look) for look in looks]))
    way = float(np.mean([update_of(look) for look in memory.kept])) * memory.step
    lr = rates[-1]
    is_pulled = lr == 0 or _gradient(looks[-1]) > _PULLS * _gradient(memory.first[0]) > 0
    if not (update < _STILL and way < _WAY and is_pulled):
        return None
    fall = 1 - progress.recent / progress.start
    text = (
        f"Steps are too small: each changes the weights by {figure(update)} of their length (lr {figure(lr)}), all "
        f"{memory.step:,} together by less than {figure(way)}, and the loss fell by {percent(max(fall, 0), 1)} to "
        f"{figure(progress.recent)}. Try lr {figure(lr * 100)}."
        if lr > 0
        else f"The learning rate is 0: in {memory.step:,} steps nothing moved. Set lr, or look at the scheduler."
    )
    short = (f"Steps too small: {figure(update)} of the weights each, lr {figure(lr)}.",)
    return said(text, short, _STILL / update if update else math.inf, update=update, lr=lr, way=way)


def _faded(memory: Memory) -> Statement | None:
    progress = progress_of(memory)
    rates = [(look.step, look.optimizers[0].lr) for look in memory.kept if len(look.optimizers) == 1]
    most = max((rate for _, rate in rates), default=math.nan)
    since = memory.step
    for step, rate in reversed(rates):
        if not rate < _FADED * most:
            break
        since = step
    if not since <= _SOON * memory.step or not progress.is_stuck(_STUCK, _STEPS):
        return None
    lr = rates[-1][1]
    fell = f"lr fell from {figure(most)} to {figure(lr)}, most of it in the first {since:,} of {memory.step:,} steps"
    text = (
        f"Steps are too small: {fell}, and the loss stands at {figure(progress.recent)}. Let the scheduler step once "
        "an epoch, not after every batch, or let it fall more slowly."
    )
    return said(
        text, (f"Steps too small: {fell}.", f"Steps too small: lr fell to {figure(lr)}."), lr=lr, largest_lr=most
    )
