"""A pane of curves: its axes stay until the data leave them."""

from collections.abc import Iterable

from numpy.typing import ArrayLike
from textual.geometry import Size

from periodic_tui.plotting.axes import Axis, Scale, follow
from periodic_tui.plotting.cells import Glyphs
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


def tick_room(size: Size) -> tuple[int, int]:
    """How many ticks fit across and up a plot."""
    return size.width // 14, size.height // 3
