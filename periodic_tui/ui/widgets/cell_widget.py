"""A widget that is a picture of cells, and sends to the terminal only what changed in it."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual._callback import invoke
from textual.content import Content
from textual.events import Click, MouseDown
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.visual import VisualType
from textual.widget import Widget

from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.widgets.strips import COMPONENTS, INKS, changed_regions, row_strip
from periodic_tui.ui.widgets.thing import Thing

NOT_DRAWN = Cells.blank(0, 0)


class CellWidget(Widget):
    """Shows what `picture()` draws; `redraw()` draws it anew. `thing_at()` says what the mouse finds in it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = set(COMPONENTS.values())
    DEFAULT_CSS = """
    CellWidget {
        .ink--quiet { color: $quiet; }
        .ink--text { color: $foreground; }
        .ink--network { color: $network; }
        .ink--target { color: $target; }
        .ink--trouble { color: $trouble; text-style: bold; }
        .ink--pale { color: $pale; }
        .ink--mark { color: $mark; }
        .ink--cursor { color: $mark; text-style: bold reverse; }
    }
    """
    ALLOW_SELECT = False

    _cells = NOT_DRAWN
    _styles: tuple[Style, ...] = ()
    """Of the inks; kept, since Textual works them out anew after every refresh."""
    _pressed: Thing | None = None
    """On which a button of the mouse went down: what lies there may move until it comes up."""

    def __init__(self, glyphs: Glyphs = "braille", id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs

    def picture(self) -> Cells:
        """What to show now, at the widget's size."""
        raise NotImplementedError

    @property
    def recorded(self) -> bool:
        """Whether what is drawn was read from a file, which may hold anything."""
        snapshot = getattr(self, "snapshot", None)
        return snapshot is not None and snapshot.past is not None

    def drawn(self) -> Cells:
        """The picture; of a recording whose figures do not fit together, one that says so."""
        try:
            return self.picture()
        except Exception:
            if not self.recorded:
                raise
            return Cells.blank(*self.size).write(1, 0, "damaged", Ink.TROUBLE)

    def redraw(self) -> None:
        """Draw anew and refresh the rows that changed. While hidden it costs nothing: it is drawn when it is seen."""
        seen = self.display and self.size.area and self.is_mounted
        old, self._cells = self._cells, self.drawn() if seen else NOT_DRAWN
        if old.glyphs.shape != self._cells.glyphs.shape:
            self.refresh()
        elif regions := changed_regions(old, self._cells):
            self.refresh(*regions)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows for the terminal, of a picture of the present size."""
        if (self._cells.columns, self._cells.rows) != self.size:
            self._cells = self.drawn()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """The strip of a row; Textual keeps it until the row is refreshed."""
        if y >= self._cells.rows:
            return Strip.blank(self.size.width, self.rich_style)
        self._styles = self._styles or tuple(self.get_component_rich_style(COMPONENTS[ink]) for ink in INKS)
        return row_strip(self._cells, y, self._styles)

    # The mouse.

    def thing_at(self, column: int, row: int) -> Thing | None:
        """What lies at a cell of the widget; None where nothing is to be told or done."""
        return None

    @property  # type: ignore[misc]  # an attribute in Textual
    def tooltip(self) -> VisualType | None:
        """What Textual shows while the pointer rests on the widget: the tip of what lies below it."""
        thing = self._thing(self.app.mouse_position - self.region.offset)
        return Content(plain(thing.tip, self.glyphs)) if thing and thing.tip else None

    def on_mouse_down(self, event: MouseDown) -> None:
        self._pressed = self._thing(event.offset)

    def _thing(self, place: Offset) -> Thing | None:
        """What lies at a place that may be outside: the layout may have changed under the pointer."""
        return self.thing_at(*place) if self.size.contains_point(place) else None

    async def on_click(self, event: Click) -> None:
        """The first click on a thing, and the second of two."""
        deeds = {1: self._pressed.click, 2: self._pressed.enter} if self._pressed else {}
        if deed := deeds.get(event.chain):
            await invoke(deed)

    def notify_style_update(self) -> None:
        """Called by Textual where colors have changed."""
        super().notify_style_update()
        self._styles = ()
