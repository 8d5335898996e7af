"""A pane of curves: its axes stay until the data leave them."""

from collections.abc import Iterable, Sequence

from numpy.typing import ArrayLike
from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.axes import Axis, Scale, follow, step_axis
from periodic_tui.plotting.cells import Cells, Glyphs
from periodic_tui.plotting.figures import Series, curve_figure
from periodic_tui.ui.widgets.pane import Pane


class PlotPane(Pane):
    """Remembers its axes by name, for as long as they suit what is drawn."""

    def __init__(self, glyphs: Glyphs = "braille") -> None:
        super().__init__(glyphs)
        self._axes: dict[str, Axis] = {}

    def axis(self, name: str, data: Iterable[ArrayLike], room: int, scale: Scale = "linear") -> Axis:
        """The axis of that name, with room for so many ticks: the last one, as long as it suits the data."""
        axis = self._axes[name] = follow(self._axes.get(name), data, room, scale)
        return axis

    def over_steps(
        self, snapshot: Snapshot, size: Size, series: Sequence[Series], data: Iterable[ArrayLike], scale: Scale
    ) -> Cells:
        """Curves over the run's steps, with a mark at each step at which a command was applied.

        `data` are the values that the upright axis has to hold.
        """
        across, up = tick_room(size)
        steps, axis = step_axis(snapshot.step, across), self.axis("y", data, up, scale)
        marks = [event.step for event in snapshot.events if event.command]
        return curve_figure(size, series, steps, axis, marks=marks, x_label="step", glyphs=self.glyphs)


def tick_room(size: Size) -> tuple[int, int]:
    """How many ticks fit across and up a plot."""
    return size.width // 14, size.height // 3
