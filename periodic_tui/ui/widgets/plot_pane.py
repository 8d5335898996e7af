"""A pane of curves: its axes stay until the data leave them, and the mouse moves its window."""

from collections.abc import Iterable, Sequence

from numpy.typing import ArrayLike
from textual.events import MouseDown, MouseEvent, MouseMove
from textual.geometry import Size

from periodic_tui.plotting.axes import Axis, Scale, follow
from periodic_tui.plotting.cells import Cells, Glyphs
from periodic_tui.plotting.figures import Series, curve_figure, names
from periodic_tui.plotting.frame import Frame
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.widgets.pane import Pane

Window = tuple[float, float]
"""The least and the greatest x that are shown."""
IN, OUT = 0.5, 2.0
"""Factors of a window's length by which the wheel zooms, as the keys do."""


class PlotPane(Pane):
    """Remembers its axes by name, for as long as they suit what is drawn.

    The wheel zooms about the pointer and a drag pans, where there is a `window()` and `ground` says where it is drawn.
    """

    ground: Frame | None = None
    """The frame of the plot whose window can be moved, as it was drawn."""

    def __init__(self, glyphs: Glyphs = "braille") -> None:
        super().__init__(glyphs)
        self._axes: dict[str, Axis] = {}
        self._dragged: tuple[int, Window] | None = None
        """The column at which a drag began, and the window then."""

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

    def window(self) -> Window | None:
        """What is shown of x; None where that cannot be changed."""
        return None

    def show_window(self, low: float, high: float) -> None:
        """Show that of x, as far as there is any."""

    def zoom_at(self, factor: float, share: float) -> None:
        """Show so many times as much of x about a place, told as a share of the window."""
        if window := self.window():
            low, high = window
            place, length = low + share * (high - low), factor * (high - low)
            self.show_window(place - share * length, place + (1 - share) * length)

    # The mouse.

    def turned(self, event: MouseEvent, way: int) -> None:
        self.zoom_at(IN if way < 0 else OUT, self._share(event))

    def on_mouse_down(self, event: MouseDown) -> None:
        window = self.window()
        nothing = self._thing(event.offset) is None
        self._dragged = (event.x, window) if window and nothing and event.button == 1 else None

    def on_mouse_move(self, event: MouseMove) -> None:
        """Pan while the button is down; it may have come up outside."""
        if event.button != 1:
            self._dragged = None
        elif self._dragged and self.ground and event.delta_x:
            begun, (low, high) = self._dragged
            by = (begun - event.x) / max(self.ground.columns, 1) * (high - low)
            self.show_window(low + by, high + by)

    def _share(self, event: MouseEvent) -> float:
        """Where the pointer is along the plot, from 0 to 1; in the middle where nothing is drawn."""
        if self.ground is None:
            return 0.5
        column = event.x - self._edge - self.ground.column
        return min(max(column / max(self.ground.columns - 1, 1), 0.0), 1.0)


def tick_room(size: Size) -> tuple[int, int]:
    """How many ticks fit across and up a plot."""
    return size.width // 14, size.height // 3
