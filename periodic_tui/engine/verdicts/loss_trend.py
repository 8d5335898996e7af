"""Probe losses of earlier steps, to know how they fell."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from periodic_tui.engine.arrays import Floats, error_of_mean
from periodic_tui.engine.recording.attributes import array_of, part, whole_number
from periodic_tui.engine.recording.packing import Tree

_CHEAP, _COSTLY, _EACH = 0.015, 0.2, 0.2
"""Share of the steps done that lies between two of them: at least, at most, and times the cost of one."""
_SPACING = 8
"""Most steps between two of them at first, if one costs no more than 1."""
_DENSE = 0.5
"""Cost up to which those next to the first are closer together."""
_KEPT, _NUMBERS = 0.4, 1 << 20
"""Losses from before this share of the steps are let go where all together are so many numbers."""
_LATELY, _BEFORE = 0.8, 0.6
"""Shares of the steps at which the last fifth begins, and the fifth before."""


class LossTrend:
    """Remembers the probe loss of every replica at steps that lie ever farther apart: there are few in any run.

    Those next to the first are close together, for what falls or leaps in a step or two, unless one is expensive:
    `cost` is what it takes, in 10 ms or so, or in halves of a step where these are longer.
    """

    def __init__(self, cost: float = 0.0) -> None:
        self._cost = cost
        self._growth = min(max(_CHEAP, _EACH * cost), _COSTLY)
        self.begin(0)

    def begin(self, step: int) -> None:
        """The parameters were placed anew: what was before does not count."""
        self._first = step
        self._steps: list[int] = []
        self._losses: list[Floats] = []

    @property
    def due(self) -> int:
        """The step at which the next loss is wanted. The distance is odd, for a step too large throws the loss up and
        down by turns."""
        if not self._steps:
            return self._first
        done = self._steps[-1] - self._first
        gap = min(max(done // 8, 1), _SPACING) if self._cost <= _DENSE else int(_SPACING * max(1.0, self._cost))
        return self._first + done + (max(gap, int(done * self._growth)) | 1)

    def remember(self, step: int, loss: Floats) -> None:
        """The losses `[replicas]` at a step."""
        if self._steps and self._steps[-1] >= step:
            self._steps.pop()
            self._losses.pop()
        self._steps.append(step)
        self._losses.append(loss.copy())
        while len(self._steps) * len(loss) > _NUMBERS and self._steps[1] < self._first + _KEPT * (step - self._first):
            del self._steps[0], self._losses[0]

    def rewind(self, step: int) -> None:
        """Forget what came after a step, to which training goes back."""
        kept = bisect_right(self._steps, step)
        del self._steps[kept:], self._losses[kept:]

    def remembered(self) -> Tree:
        """All of it."""
        losses = np.stack(self._losses) if self._losses else np.empty((0, 0))
        return {"first": self._first, "steps": list(self._steps), "losses": losses}

    def recall(self, tree: Tree) -> None:
        """Remember what another one did. Raises NotReadable."""
        steps = [whole_number(step, "a step") for step in part(tree, "steps")]
        replicas = self._losses[0].shape[0] if self._losses and steps else None
        losses = array_of(part(tree, "losses"), "losses", np.float64, (None, replicas))
        self._first = whole_number(part(tree, "first"), "first")
        self._steps, self._losses = steps[: len(losses)], list(losses)

    def medians(self, step: int, now: Floats, part: slice = slice(None)) -> tuple[Floats, Floats] | None:
        """Medians `[replicas]` of the losses of `part` in the fifth of the steps before the last, and in the last, of
        which `now` is the present one; None at the start."""
        found = self._fifths(step, now, part)
        return found and (_median(found[0]), _median(found[1]))

    def error(self, step: int, now: Floats, part: slice = slice(None)) -> Floats:
        """Standard error `[replicas]` of the logarithm of their ratio (see `error_of_mean`); inf where it rests on too
        few losses."""
        found = self._fifths(step, now, part)
        if found is None:
            return np.full(len(now), np.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (error_of_mean(np.log(losses)) for losses in found)
        return np.hypot(one, other)

    def _fifths(self, step: int, now: Floats, part: slice) -> tuple[Floats, Floats] | None:
        """The losses `[losses, replicas]` of the fifth of the steps before the last, and of the last."""
        done = step - self._first
        last, before = (int(np.searchsorted(self._steps, self._first + s * done, "right")) for s in (_LATELY, _BEFORE))
        if done <= 0 or not last:
            return None
        end = int(np.searchsorted(self._steps, step))
        lately = [*(losses[part] for losses in self._losses[last:end]), now]
        earlier = [losses[part] for losses in self._losses[min(before, last - 1) : last]]
        return np.stack(earlier), np.stack(lately)


def _median(values: Floats) -> Floats:
    """`[replicas]`; what is not finite counts as larger than all that is."""
    ordered = np.sort(np.where(np.isnan(values), np.inf, values), axis=0)
    middle: Floats = ordered[(len(ordered) - 1) // 2] / 2 + ordered[len(ordered) // 2] / 2
    return middle
