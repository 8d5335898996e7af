"""The layers pane: how every layer of a script's network fares, and the choice of the one whose units are shown."""

from typing import ClassVar

from textual.binding import BindingType
from textual.events import MouseEvent
from textual.geometry import Size

from periodic_tui.engine.plural import counted
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Cells, Ink
from periodic_tui.ui.formatting import cut_to
from periodic_tui.ui.keys import pane_bindings
from periodic_tui.ui.panes.layers.table import table
from periodic_tui.ui.widgets.pane import Pane
from periodic_tui.ui.widgets.thing import Thing


class LayersPane(Pane):
    """Shows a row for each layer; rows that do not fit scroll with the cursor."""

    NAME = "layers"
    TITLE = "layers"
    WIDE = True
    HINTS = (("layers.up layers.down", "choose a layer"),)
    BINDINGS: ClassVar[list[BindingType]] = pane_bindings(NAME)

    _first = 0
    """The uppermost row."""
    _page = 1
    """Rows that there is room for."""

    @classmethod
    def is_relevant(cls, snapshot: Snapshot) -> bool:
        return bool(snapshot.network.names)

    @property
    def cursor(self) -> int | None:
        """The row of the layer that was chosen."""
        names = self.snapshot.network.names
        return names.index(self.chosen_layer) if self.chosen_layer in names else None

    def action_choose(self, by: int) -> None:
        names, cursor = self.snapshot.network.names, self.cursor
        if not names:
            return
        if cursor is None:
            cursor = self._first - 1 if by == 1 else self._first
        self.post_message(self.Chosen(names[min(max(cursor + by, 0), len(names) - 1)]))

    def turned(self, event: MouseEvent, way: int) -> None:
        self.action_choose(way)

    def action_page(self, way: int) -> None:
        self.action_choose(way * max(self._page - 1, 1))

    def thing_inside(self, column: int, row: int) -> Thing | None:
        """The layer there: a click chooses it."""
        network, place = self.snapshot.network, self._first + row - 1
        if row == 0 or place >= len(network.names):
            return None
        name = network.names[place]
        told = " · ".join(filter(None, (name, network.kinds[place], network.shapes[place])))
        return Thing(told, lambda: self.post_message(self.Chosen(name)))

    def watch_chosen_layer(self) -> None:
        self.redraw()

    def draw(self, snapshot: Snapshot, size: Size) -> Cells:
        network, count = snapshot.network, len(snapshot.network.names)
        self._page = page = max(size.height - 1, 1)
        cursor, last = self.cursor, max(count - page, 0)
        if cursor is not None:
            self._first = min(max(self._first, cursor - page + 1), cursor)
        self._first = min(self._first, last)
        rows = range(self._first, min(self._first + page, count))
        cells = Cells.blank(*size).paste(table(network, rows, cursor, size.width, self.glyphs), 0, 0)
        unseen = snapshot.script.unseen if snapshot.script else ()
        for row, text in zip(range(count + 1, size.height), unseen, strict=False):
            cells = cells.write(2, row, cut_to(f"not seen: {text}", size.width - 2, self.glyphs), Ink.QUIET)
        return cells

    def figure(self, snapshot: Snapshot) -> str:
        network = snapshot.network
        count = len(network.names)
        parts = [counted(count, "layer")]
        if count > self._page:
            parts = [f"{self._first + 1}–{min(self._first + self._page, count)} of {parts[0]}"]
        if dead := int((network.dead > 0).sum()):
            parts.append(f"{dead:,} with dead units")
        hidden = len(snapshot.script.unseen) if snapshot.script else 0
        if hidden and count >= self._page:
            parts.append(f"{counted(hidden, 'thing')} not seen")
        return " · ".join(parts)
