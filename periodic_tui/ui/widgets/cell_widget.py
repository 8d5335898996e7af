"""A widget that is a picture of cells, and sends to the terminal only what changed in it."""

from typing import ClassVar

from textual.events import Resize, Show
from textual.strip import Strip
from textual.widget import Widget

from periodic_tui.plotting.cells import Cells, Glyphs
from periodic_tui.ui.widgets.strips import COMPONENTS, INKS, changed_regions, row_strip


class CellWidget(Widget):
    """Shows what `picture()` draws; `redraw()` draws it anew."""

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
    }
    """
    ALLOW_SELECT = False

    _cells = Cells.blank(0, 0)

    def __init__(self, glyphs: Glyphs = "braille", id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs

    def picture(self) -> Cells:
        """What to show now, at the widget's size."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw anew and refresh the rows that changed; costs nothing while hidden."""
        if self.display and self.size.area and self.is_mounted:
            self._show(self.picture())

    def render_line(self, y: int) -> Strip:
        """The strip of a row; Textual keeps it until the row is refreshed."""
        if y >= self._cells.rows:
            return Strip.blank(self.size.width, self.rich_style)
        return row_strip(self._cells, y, [self.get_component_rich_style(COMPONENTS[ink]) for ink in INKS])

    def on_resize(self, event: Resize) -> None:
        self.redraw()

    def on_show(self, event: Show) -> None:
        self.redraw()

    def _show(self, cells: Cells) -> None:
        old, self._cells = self._cells, cells
        if old.glyphs.shape != cells.glyphs.shape:
            self.refresh()
        elif regions := changed_regions(old, cells):
            self.refresh(*regions)
