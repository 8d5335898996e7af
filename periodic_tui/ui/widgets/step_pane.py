"""A pane of curves over the steps of a run, in which the user can zoom and pan."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from textual.geometry import Size

from periodic_tui.engine.commands.base import places
from periodic_tui.engine.snapshot import Curve, Snapshot
from periodic_tui.plotting.axes import FEWEST_STEPS, Axis, Scale, step_axis, step_window
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.figures import Series
from periodic_tui.plotting.frame import frame
from periodic_tui.plotting.steps import StepCurve
from periodic_tui.ui.widgets.pane import ZOOM
from periodic_tui.ui.widgets.plot_pane import PlotPane, Window, tick_room

NO_CURVE = Curve()

_MOVES = 8
"""A window that follows the newest step moves on by this share of its length."""


class StepPane(PlotPane):
    """Shows the present life of the run, and the course that was left as far as that came, until the user zooms or
    pans."""

    HINTS = ZOOM

    def __init__(self, glyphs: Glyphs = "braille") -> None:
        super().__init__(glyphs)
        self._length: float | None = None
        """Steps to show; None: the present life, inf: everything."""
        self._end: float | None = None
        """The last step to show; None: the newest, and those that come."""
        self._life = (-1, -1)
        """Run and first step of the life that this is about: the next one is shown whole."""

    def action_zoom(self, factor: float) -> None:
        low, high = self.steps(self.snapshot)
        length = max(factor * (high - low), FEWEST_STEPS)
        middle = (low + high) / 2
        self._look_at(length, None if self._follows(high) else middle + length / 2)

    def action_pan(self, share: float) -> None:
        low, high = self.steps(self.snapshot)
        self._look_at(high - low, high + share * (high - low))

    def window(self) -> Window:
        """The first and the last step to show."""
        return self.steps(self.snapshot)

    def show_window(self, low: float, high: float) -> None:
        self._look_at(max(high - low, FEWEST_STEPS), high)

    def _follows(self, high: float) -> bool:
        """Whether a window that ends there holds the newest step."""
        return high >= _newest(self.snapshot)

    def _look_at(self, length: float, end: float | None) -> None:
        """Show so many steps up to `end`, as far as there are any."""
        if end is not None:
            end = None if self._follows(end) else max(end, length)
        whole = length >= _newest(self.snapshot) and end is None
        self._length, self._end = math.inf if whole else float(round(length)), end and float(round(end))
        self.redraw()

    def steps(self, snapshot: Snapshot) -> tuple[float, float]:
        """The first and the last step to show."""
        axis = self._step_axis(snapshot, 2)
        return axis.low, axis.high

    def _step_axis(self, snapshot: Snapshot, room: int) -> Axis:
        life = snapshot.run, snapshot.life
        if life != self._life:
            self._life, self._length, self._end = life, None, None
            self._axes.pop("y", None)
        if self._length is None or math.isinf(self._length):
            return step_axis(_newest(snapshot), room, snapshot.life if self._length is None else 0)
        end = self._end
        if end is None:
            move = max(self._length // _MOVES, 1.0)
            end = max(math.ceil((_newest(snapshot) + 1) / move) * move, self._length)
        return step_window(end - self._length, end, room)

    def over_steps(
        self,
        snapshot: Snapshot,
        size: Size,
        series: Sequence[Series],
        scale: Scale,
        also: ArrayLike = (),
        abandoned: Curve = NO_CURVE,
    ) -> Cells:
        """Curves over the run's steps, with a mark at each step at which a command changed the run.

        The upright axis holds what is seen of the curves, and the values `also`; behind the curves lies the
        `abandoned` one.
        """
        across, up = tick_room(size)
        steps = self._step_axis(snapshot, across)
        if self._length is None:
            series = [_of_life(curve, snapshot.life) for curve in series]
        left = StepCurve.of(abandoned, ink=Ink.QUIET, label="abandoned")
        if left.within(steps.low, steps.high)[0].size:
            first = next((place for place, curve in enumerate(series) if isinstance(curve, StepCurve)), 0)
            series = [*series[:first], left, *series[first:]]
        data = [np.asarray(also), *(values for curve in series for values in _seen(curve, steps))]
        axis = self.axis("y", data, up, scale)
        marks = [event.step for event in snapshot.events if event.command and places(event.command)]
        self.ground = frame(*size, steps, axis, "step", self.glyphs)
        return self.curves(size, series, steps, axis, marks, "step")


def _newest(snapshot: Snapshot) -> float:
    """The newest step that there is anything of."""
    abandoned = snapshot.abandoned_curve
    return max([float(snapshot.step), *abandoned.step[-1:].tolist(), *abandoned.last[-1:].tolist()])


def _seen(series: Series, steps: Axis) -> tuple[ArrayLike, ...]:
    """The values of a curve over the steps that are shown."""
    return series.within(steps.low, steps.high) if isinstance(series, StepCurve) else ()


def _of_life(series: Series, begin: int) -> Series:
    """A curve without what was before the present life, also at its first step."""
    return series.since(begin) if isinstance(series, StepCurve) else series
