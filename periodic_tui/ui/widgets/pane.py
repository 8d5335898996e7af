"""The base of all panes: a title, a picture, and the figure that matters in the lower border."""

from functools import lru_cache
from typing import Any, ClassVar, Literal

from textual.events import MouseDown, MouseEvent, MouseScrollDown, MouseScrollUp
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var

from periodic_tui.engine.snapshot import EMPTY, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.figures import Name
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.ui.formatting import cut_to, plain
from periodic_tui.ui.glossary import PANES
from periodic_tui.ui.widgets.cell_widget import CellWidget
from periodic_tui.ui.widgets.spans import legend_row
from periodic_tui.ui.widgets.thing import Thing

SMALLEST = Size(8, 3)
"""Columns and rows below which a pane has no border."""

Place = Literal["plot", "strip"]


Hint = tuple[str, str]
"""The ids of some keys, with spaces between them, and what they do in a word."""
ZOOM: tuple[Hint, ...] = (("zoom.in zoom.out", "zoom"), ("pan.left pan.right", "move"))


class Pane(CellWidget, can_focus=True):
    """Base of all panes. A subclass has a name, tells when it is relevant, and draws."""

    NAME: ClassVar[str] = ""
    """Its id on the screen."""
    TITLE: ClassVar[str] = ""
    PLACE: ClassVar[Place] = "plot"
    """A plot shares the grid; a strip lies across the screen below it."""

    WIDE: ClassVar[bool] = False
    """Whether a plot takes a row of the grid for itself."""

    HINTS: ClassVar[tuple[Hint, ...]] = ()
    """Its own keys, for the last row of the screen."""

    ASKS: ClassVar[bool] = False
    """Whether the session has to compute something for it alone, and should know when it is shown."""

    FOCUS_ON_CLICK = False
    """Textual would draw it with the focus before it asks what was clicked."""

    snapshot: var[Snapshot] = var(EMPTY)
    chosen_layer: var[str] = var("")
    """Name of the layer that the user has chosen; empty where none is."""

    class Chosen(Message):
        """The user has chosen a layer."""

        def __init__(self, layer: str) -> None:
            super().__init__()
            self.layer = layer

    class Look(Message):
        """The user wants to see something else: other values for fields of View."""

        def __init__(self, **changes: Any) -> None:
            super().__init__()
            self.changes = changes

    def __init__(self, glyphs: Glyphs = "braille") -> None:
        super().__init__(glyphs, self.NAME)
        self.names: tuple[Name, ...] = ()
        """Of the curves that were drawn last, for the upper border."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        """Whether there is something of this run to show; otherwise it gives up its place."""
        return snapshot.state != "starting"

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        """Draw the inside of the border."""
        raise NotImplementedError

    def figure(self, snapshot: Snapshot) -> str:
        """The text in the lower border."""
        return ""

    def picture(self) -> Cells:
        """The inside in its border, or alone where there is no room for one.

        Nothing of a snapshot that the pane has nothing to say about: it is seen for a moment before the pane goes.
        """
        size = self.size
        if not self.is_relevant(self.snapshot):
            return Cells.blank(*size)
        if not self._edge:
            return Cells.blank(*size).paste(self.draw(self.snapshot, size), 0, 0)
        return self.framed(self.snapshot, size, self.has_focus)

    def framed(self, snapshot: Snapshot, size: Size, lit: bool = False) -> Cells:
        """The inside in its border: the names of what is drawn above, and below the figure that matters."""
        self.names = ()
        inside = self.draw(snapshot, Size(size.width - 2, size.height - 2))
        border = bordered(size, self.TITLE, self.figure(snapshot), lit, self.glyphs)
        legend = legend_row(self.names, size.width - len(self.TITLE) - 8, self.glyphs)
        return border.paste(inside, 1, 1).paste(legend, size.width - 2 - legend.columns, 0)

    @property
    def _edge(self) -> int:
        """Columns and rows of the border, at each side."""
        return int(self.size.width >= SMALLEST.width and self.size.height >= SMALLEST.height)

    def thing_at(self, column: int, row: int) -> Thing | None:
        """What lies inside; in the upper border what the pane shows."""
        edge = self._edge
        if edge and row == 0:
            return Thing(PANES[self.NAME])
        inside = edge <= column < self.size.width - edge and row < self.size.height - edge
        return self.thing_inside(column - edge, row - edge) if inside and self.is_relevant(self.snapshot) else None

    def thing_inside(self, column: int, row: int) -> Thing | None:
        """What lies at a cell inside the border; None where nothing is to be told or done."""
        return None

    def on_mouse_down(self, event: MouseDown) -> None:
        """Called after that of every widget: a click takes the focus along."""
        self.focus(scroll_visible=False)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        self.turned(event, -1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        self.turned(event, 1)

    def turned(self, event: MouseEvent, way: int) -> None:
        """The wheel was turned over the pane: up, -1, or down, 1."""

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        """Draw anew, unless all that a pane shows was measured before."""
        if new.picture is None or new.picture != old.picture:
            self.redraw()

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self.redraw()


@lru_cache(maxsize=64)
def bordered(size: Size, title: str, figure: str, lit: bool, glyphs: Glyphs) -> Cells:
    """An empty box with its title above and its figure below, bright where it has the focus."""
    width, height = size
    upper_left, edge, upper_right, side, lower_left, lower_right = tuple(GLYPH_SETS[glyphs].borders)
    room = width - 6
    title, figure = plain(title, glyphs)[:room], cut_to(parts_that_fit(figure, room), room, glyphs)
    above = f"{upper_left}{edge} {title} ".ljust(width - 1, edge) + upper_right
    below = lower_left + (f" {figure} " if figure else "").rjust(width - 3, edge) + edge + lower_right
    middle = side + " " * (width - 2) + side
    cells = Cells.of_lines([above, *[middle] * (height - 2), below], Ink.TEXT if lit else Ink.QUIET)
    cells.ink[0, 3 : 3 + len(title)] = Ink.TEXT
    cells.ink[-1, width - 2 - len(figure) - 1 : width - 3] = Ink.TEXT
    return cells


def parts_that_fit(figure: str, room: int) -> str:
    """As many of the parts between dots, from the first on, as there is room for."""
    while len(figure) > room and " · " in figure:
        figure = figure.rpartition(" · ")[0]
    return figure
