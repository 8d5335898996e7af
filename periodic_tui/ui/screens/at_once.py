"""A screen that shows all that has changed in one update of the terminal."""

from textual.containers import Container
from textual.screen import Screen

from periodic_tui.ui.widgets.cell_widget import CellWidget


class AtOnce(Screen[None]):
    """Lays out and paints when it is told to.

    Textual does both a widget at a time, whenever each has had its turn, and one picture would reach the terminal in
    parts. What does it at once has no public name there.
    """

    def lay_out(self) -> None:
        """Give every widget its size now; nothing is painted yet."""
        for parent in (self, *self.query(Container)):
            parent._clear_arrangement_cache()
        with self.app.batch_update():
            self._refresh_layout()

    def paint(self) -> None:
        """Send everything that has changed, in one update."""
        self._dirty_widgets.update(widget for widget in self.query(CellWidget) if widget.display)
        self._on_timer_update()
