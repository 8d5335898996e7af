"""Curves over the steps of a run: they tell when things happened."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from periodic_tui.engine.snapshot import Curve
from periodic_tui.plotting.axes import Axis
from periodic_tui.plotting.canvas import Canvas
from periodic_tui.plotting.figures import Series

COLUMNS_APART, ROWS_APART = 3, 1
"""Points farther apart than so many columns are not joined if they are farther apart than so many rows, too, unless
one is of the step after the other."""


@dataclass(frozen=True, eq=False)
class StepCurve(Series):
    """Bins of steps, each drawn from its first to its last. Nothing is joined across a command that placed the
    parameters anew, nor is a slope drawn where nothing was measured."""

    last: ArrayLike = ()
    """[n] the last step of each bin; `x` is its first."""
    life: ArrayLike = ()
    """[n] as in `Curve`."""
    extremes: tuple[ArrayLike, ArrayLike] = ((), ())
    """[n] least and largest value of each bin."""

    @classmethod
    def of(cls, curve: Curve, low: ArrayLike | None = None, high: ArrayLike | None = None, **look: Any) -> Self:
        """The means of a curve, or a band over its bins."""
        last = curve.last if len(curve.last) else curve.step
        life = curve.life if len(curve.life) else np.zeros(len(curve.step))
        low = curve.middle if low is None else low
        return cls(curve.step, low, high=high, last=last, life=life, extremes=(curve.low, curve.high), **look)

    def draw(self, canvas: Canvas, x_axis: Axis, y_axis: Axis) -> None:
        """Draw onto a canvas whose window is in axis units."""
        steps = np.stack([np.asarray(self.x), np.asarray(self.last)], -1).ravel()
        x = x_axis.positions(steps)
        y = np.repeat(y_axis.positions(self.y), 2)
        high = y if self.high is None else np.repeat(y_axis.positions(self.high), 2)
        across, down = canvas.dots
        far = (np.diff(canvas.across(x)) > COLUMNS_APART * across) & (np.diff(steps) > 1)
        leaps = [np.abs(np.diff(canvas.down(edge))) > ROWS_APART * down for edge in (y, high)]
        joined = (np.diff(np.repeat(self.life, 2)) == 0) & ~(far & (leaps[0] | leaps[1]))
        self._trace(canvas, x, y, high, joined)

    def within(self, low: float, high: float) -> tuple[NDArray[Any], NDArray[Any]]:
        """Least and largest values of the bins that reach into a range of steps."""
        seen = (np.asarray(self.last) >= low) & (np.asarray(self.x) <= high)
        return np.asarray(self.extremes[0])[seen], np.asarray(self.extremes[1])[seen]

    def since(self, step: int) -> Self:
        """Only the lives that began at a step or later, if there are any."""
        life, first = np.asarray(self.life), np.asarray(self.x)
        lives, starts = np.unique(life, return_index=True)
        kept = np.isin(life, lives[first[starts] >= step])
        if kept.all() or not kept.any():
            return self
        high = None if self.high is None else np.asarray(self.high)[kept]
        low, most = (np.asarray(edge)[kept] for edge in self.extremes)
        y, last = np.asarray(self.y)[kept], np.asarray(self.last)[kept]
        return replace(self, x=first[kept], y=y, high=high, last=last, life=life[kept], extremes=(low, most))
