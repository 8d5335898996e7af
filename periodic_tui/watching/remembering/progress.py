"""How far a training has come: its losses beside that of the best constant, which needs no network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from periodic_tui.engine.arrays import Floats, Mask
from periodic_tui.watching.findings import Look, LossLook
from periodic_tui.watching.remembering.memory import Memory

OF_CLASSES: Final = ("cross_entropy", "nll_loss")
OF_SHARES: Final = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_MEANS: Final = ("mse_loss", *OF_CLASSES, *OF_SHARES)
"""Losses that are, as they are by default, the mean that progress is measured in."""
_OF_QUANTITIES: Final = ("difference", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
"""Those whose mean squared difference tells how good they are."""
_SAMPLES: Final = 16
"""Targets from which the best constant is known."""
_STEPS: Final = 10
"""Steps in two fifths from which a trend is known."""
_SAME, _ALIKE = 1.05, 1.3
"""The script's loss is a multiple of the mean where their ratio differs by no more from look to look; where it differs
by more than the second, something else is added, and how far training has come is not known."""
_NOTHING: Final = 1e-300
"""What is kept of losses of 0 is no more than this."""
_FALLS: Final = 0.98
"""A loss falls where the last fifth of the steps is below this share of the fifth before."""
_PATIENCE: Final = 5.0
"""Training stands still where it would take so many times the steps that there were."""


@dataclass(frozen=True)
class Progress:
    """Figures are NaN where they are not known."""

    steps: int
    """Whose loss was seen."""
    start: float
    """Median of the first five losses, as the script has them."""
    earlier: float
    """Typical loss in the fifth of the steps before the last."""
    recent: float
    """Likewise in the last fifth."""
    kind: str = ""
    """Of the loss."""
    value: float = math.nan
    """Recent mean loss over a batch: nats, or squared difference."""
    constant: float = math.nan
    """The same of the best constant, over the targets of all looks."""
    alone: bool = True
    """Whether the script's loss is this one, or a multiple of it: nothing else is added, and no entry left out."""

    @property
    def explained(self) -> float:
        """1 where nothing is left, 0 where a constant does as well."""
        return 1 - self.value / self.constant if self.constant > 0 else math.nan

    @property
    def constant_loss(self) -> float:
        """Loss of the best constant, as the script would have it."""
        return self.recent / (1 - self.explained)

    @property
    def falling(self) -> bool:
        """Whether the loss went down lately; also where too little is known."""
        return not self.recent >= _FALLS * self.earlier

    def is_stuck(self, explained: float, steps: int = 50) -> bool:
        """Whether the network explains less than this share, and at its pace won't for long."""
        if self.steps < steps or not self.explained < explained or math.isnan(self.recent):
            return False
        if not self.falling:
            return True
        fall = math.log(self.earlier / self.recent) if self.recent > 0 else math.inf
        left = math.log(max(1.0, self.value / ((1 - explained) * self.constant)))
        return left > _PATIENCE * 5 * fall

    @property
    def failed(self) -> bool:
        """Whether a constant would do about as well, and the loss hardly falls."""
        return self.is_stuck(0.1)


def progress_of(memory: Memory) -> Progress:
    """What the losses and the looks tell; found once for each new loss or look."""
    stamp = memory.count, memory.looks
    if memory.known is None or memory.known[0] != stamp:
        memory.known = stamp, _progress_of(memory)
    progress: Progress = memory.known[1]
    return progress


def _progress_of(memory: Memory) -> Progress:
    start = float(np.median(memory.start)) if memory.start else math.nan
    known = Progress(memory.count, start, *_fifths(memory))
    looks = memory.kept
    if not looks or any(len(look.optimizers) > 1 for look in looks):
        return known
    pairs = [(look, loss) for look in looks if (loss := main_loss(look)) is not None]
    if not pairs or len({loss.kind for _, loss in pairs}) > 1:
        return known
    kind, losses = pairs[0][1].kind, [loss for _, loss in pairs]
    if kind not in (*_OF_QUANTITIES, *OF_CLASSES, *OF_SHARES):
        return known
    value, alone = _value(known, pairs)
    return replace(known, kind=kind, value=value, constant=_constant(kind, losses), alone=alone)


def main_loss(look: Look) -> LossLook | None:
    """What is trained on, where that is certain: the only one, or the only one by torch's own name."""
    found = [loss for loss in look.losses if loss.target.dtype]
    named = [loss for loss in found if loss.kind != "difference"]
    for losses in (found, named):
        if len(losses) == 1:
            return losses[0]
    return None


def _fifths(memory: Memory) -> tuple[float, float]:
    fifth = memory.step // 5
    if 2 * fifth < _STEPS or memory.best < 0:  # what is kept of losses below zero is no mean
        return math.nan, math.nan
    end, middle = memory.step + 1, memory.losses.middle
    found = (float(middle(end - count * fifth, end - (count - 1) * fifth)[0]) for count in (2, 1))
    earlier, recent = (0.0 if 0 < each < _NOTHING else each for each in found)
    return earlier, recent


def _value(known: Progress, pairs: Sequence[tuple[Look, LossLook]]) -> tuple[float, bool]:
    """By the script's losses where they are a multiple of it, else by the last looks; NaN where they are something
    else besides. And whether it is the loss of just these, as far as that
    shows."""
    values = np.array([_mean_of(look, loss) for look, loss in pairs])
    with np.errstate(invalid="ignore", divide="ignore"):
        factors = np.array([look.loss for look, _ in pairs]) / values
    usable, kind = np.isfinite(factors) & (factors > 0), pairs[0][1].kind
    alone = bool(usable.any()) and factors[usable].max() < _SAME * factors[usable].min()
    if alone and math.isfinite(known.recent):
        return known.recent / float(np.median(factors[usable])), True
    if kind in _MEANS and _is_mixed(factors[len(factors) // 2 :]):
        return math.nan, False
    lately = values[-max(1, len(values) // 4) :][-8:]
    if kind not in _MEANS and math.isfinite(known.recent):
        lately = lately[_near(known.recent, pairs[-len(lately) :])]
    value = float(lately.mean()) if lately.size else math.nan
    return value, alone or kind not in (*_MEANS, "difference")


def _near(recent: float, pairs: Sequence[tuple[Look, LossLook]]) -> Mask:
    """Which looks tell how it is now: those at which the script's loss was much like the recent one."""
    losses = np.array([look.loss for look, _ in pairs])
    return (losses < 2 * recent) & (losses > recent / 2)


def _is_mixed(factors: Floats) -> bool:
    """Whether half of these ratios are not alike."""
    finite = factors[np.isfinite(factors)]
    low, high = np.quantile(finite, (0.25, 0.75)) if finite.size else (1.0, 1.0)
    return not 0 < high < _ALIKE * low


def _mean_of(look: Look, loss: LossLook) -> float:
    if math.isnan(loss.value) and loss.kind in _MEANS:
        return look.loss
    return loss.value


def _constant(kind: str, losses: Sequence[LossLook]) -> float:
    """Loss of the best constant over the targets of all looks."""
    samples = sum(math.prod(loss.target.shape[:1]) for loss in losses)
    if samples < _SAMPLES:
        return math.nan
    if kind in OF_CLASSES:
        return _entropy_of_classes(losses)
    means, deviations = _columns(losses)
    if kind in OF_SHARES:
        rates = np.clip(means.mean(0), 1e-12, 1 - 1e-12)
        return float(-(rates * np.log(rates) + (1 - rates) * np.log(1 - rates)).mean())
    return float(((deviations**2).mean(0) + means.var(0)).mean())


def _entropy_of_classes(losses: Sequence[LossLook]) -> float:
    counts = [loss.counts for loss in losses if loss.counts.size]
    if counts and len({len(each) for each in counts}) == 1:
        shares = np.sum(counts, 0) / max(1.0, float(np.sum(counts)))
        return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())
    shape = losses[-1].prediction.shape
    return math.log(shape[1]) if len(shape) > 1 and shape[1] > 1 else math.nan


def _columns(losses: Sequence[LossLook]) -> tuple[Floats, Floats]:
    """Means and standard deviations `[looks, columns]` of the targets; of all entries where columns are not known."""
    targets = [loss.target for loss in losses]
    widths = {len(target.column_mean) for target in targets}
    if len(widths) == 1 and widths != {0}:
        return np.stack([t.column_mean for t in targets]), np.stack([t.column_std for t in targets])
    return np.array([[t.mean] for t in targets]), np.array([[t.std] for t in targets])
