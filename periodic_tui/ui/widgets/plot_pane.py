"""A pane of curves: its axes stay until the data leave them."""

from collections.abc import Iterable, Sequence

from numpy.typing import ArrayLike
from textual.geometry import Size

from periodic_tui.plotting.axes import Axis, Scale, follow
from periodic_tui.plotting.cells import Cells, Glyphs
from periodic_tui.plotting.figures import Series, curve_figure, names
from periodic_tui.ui.formatting import plain
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

    def curves(
        self,
        size: Size,
        series: Sequence[Series],
        x_axis: Axis,
        y_axis: Axis,
        marks: Sequence[float] = (),
        x_label: str = "",
    ) -> Cells:
        """The curves in their axes; their names come to the upper border."""
        found = names(series, x_axis, y_axis, self.glyphs)
        self.names += tuple(name for name in found if name not in self.names)
        label = plain(x_label, self.glyphs)
        return curve_figure(size, series, x_axis, y_axis, marks=marks, x_label=label, glyphs=self.glyphs)


def tick_room(size: Size) -> tuple[int, int]:
    """How many ticks fit across and up a plot."""
    return size.width // 14, size.height // 3
