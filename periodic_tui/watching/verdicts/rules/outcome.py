"""How training goes: where it ended, or that it goes on."""

from __future__ import annotations

import math
from typing import Final

from periodic_tui.engine.plural import counted
from periodic_tui.watching.remembering.memory import Memory
from periodic_tui.watching.remembering.progress import Progress, progress_of
from periodic_tui.watching.verdicts.rules.base import Statement, figure, percent, rule, said

_EARLY: Final = 20
"""Steps before which nothing is said of how the loss goes."""
_UNDERFIT: Final = 0.1
"""Share of the target that a network must explain for its plateau to be no failure."""


@rule("too-early")
def too_early(memory: Memory) -> Statement | None:
    """Fewer than 20 losses or two looks, or no loss was seen."""
    if memory.count >= _EARLY and memory.looks >= 2:
        return None
    steps = memory.last[-1].step if memory.last else 0
    if not memory.count and not steps:
        text = "No step was seen yet."
    else:
        text = f"Too early to say: {counted(max(memory.count, steps), 'step')} so far, loss {figure(memory.loss)}."
    return said(text, (text,), steps=steps, loss=memory.loss)


@rule("underfit")
def underfit(memory: Memory) -> Statement | None:
    """The network explains less than a tenth of the target and stands still, and no cause is seen."""
    progress = progress_of(memory)
    if not progress.is_stuck(_UNDERFIT, 100):
        return None
    share = max(0.0, progress.explained)
    text = (
        f"The loss has come to rest at {figure(progress.recent)}, {percent(share)} better than the best constant, "
        "and no cause is seen in the training itself. Look at the data (do inputs and targets belong together?), at "
        "another lr, or at a larger network."
    )
    short = (f"At rest at loss {figure(progress.recent)}, {percent(share)} better than a constant.",)
    return said(text, short, loss=progress.recent, explained=share)


@rule("plateau")
def plateau(memory: Memory) -> Statement | None:
    """The loss fell by less than 2 % in the last fifth of the steps."""
    progress = progress_of(memory)
    if progress.falling:
        return None
    text = f"The loss has stopped falling, at {figure(progress.recent)}{_compared(progress)}."
    return said(text, (text, f"The loss rests at {figure(progress.recent)}."), loss=progress.recent)


@rule("learning")
def learning(memory: Memory) -> Statement | None:
    """None of the others holds."""
    progress = progress_of(memory)
    if math.isfinite(progress.earlier) and progress.recent < progress.earlier:
        fall = 1 - progress.recent / progress.earlier
        went = f"the loss fell by {percent(fall, 1)} to {figure(progress.recent)} in the last fifth of the steps"
    else:
        went = f"loss {figure(progress.start)} at first, {figure(memory.loss)} now"
    text = f"Learning: {went}{_compared(progress)}."
    return said(
        text,
        (text, f"Learning: {went}.", f"Learning: loss {figure(memory.loss)}."),
        loss=memory.loss,
        start=progress.start,
    )


def _compared(progress: Progress) -> str:
    explained = progress.explained
    return f"; the best constant leaves {figure(progress.constant_loss)}" if explained < 1 else ""
