"""A screen of panes: which are shown, where, and which one the user has turned to."""

from collections.abc import Iterator
from math import lcm
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.events import Key, Resize

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.arrangement import Arrangement, arrange, relevant
from periodic_tui.ui.panes import PANES
from periodic_tui.ui.screens.script_screen import ScriptScreen
from periodic_tui.ui.widgets.cell_widget import CellWidget
from periodic_tui.ui.widgets.header import Header
from periodic_tui.ui.widgets.key_line import KeyLine
from periodic_tui.ui.widgets.pane import Hint, Pane
from periodic_tui.ui.widgets.past_bar import PastBar

FIRST_FOCUS, SCRIPT_FOCUS = "fit", "layers"
"""The pane that + and - act on from the start, and of a script's network the one that the arrows do."""


class PaneScreen(ScriptScreen):
    """Arranges the panes that are relevant to a snapshot, between the header and the row of keys."""

    AUTO_FOCUS = None
    HINTS: ClassVar[tuple[Hint, ...]] = ()
    """Keys that the last row names first, whatever is shown."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self.glyphs = glyphs
        self._plots, self._strips = Container(id="plots"), Container(id="strips")
        self._bar, self.key_line = PastBar(glyphs), KeyLine(glyphs)
        self.panes: dict[str, Pane] = {}
        self.focus_name = FIRST_FOCUS
        self.summoned = False
        """Whether the user asked for the focused pane, so that it is shown even if it has no place."""
        self.zoomed = False
        self.hidden: frozenset[str] = frozenset()
        self.just_hidden: str | None = None
        """The pane that was hidden, until the focus is moved."""
        self.arrangement: Arrangement | None = None

    def ask(self, panes: tuple[str, ...]) -> None:
        """Called with those of the panes that are shown for which something has to be computed, when they change."""

    def compose(self) -> ComposeResult:
        yield Header(self.glyphs).data_bind(PaneScreen.snapshot)
        with self._plots:
            yield from self.panes_at("plot")
        with self._strips:
            yield from self.panes_at("strip")
        yield self._bar.data_bind(PaneScreen.snapshot)
        yield self.key_line.data_bind(PaneScreen.snapshot)

    def panes_at(self, place: str) -> Iterator[Pane]:
        for kind in PANES:
            if place == kind.PLACE:
                pane = self.panes[kind.NAME] = kind(self.glyphs)
                yield pane.data_bind(PaneScreen.snapshot, PaneScreen.chosen_layer)

    def draw_by(self, glyphs: Glyphs) -> None:
        """Draw by another set of characters."""
        self.glyphs = glyphs
        for widget in self.query(CellWidget):
            widget.glyphs = glyphs
            widget.redraw()

    def on_resize(self, event: Resize) -> None:
        self.place()

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        super().watch_snapshot(old, new)
        self.summoned &= new.run == old.run
        self.place()

    def place(self) -> None:
        """Give every pane its place, if that has changed."""
        if not self.panes or not self.size.area:
            return
        focus = self.focus_name if self.summoned or self.zoomed else None
        seen = self.snapshot.past is not None and not self.snapshot.present
        panes, moved = relevant(PANES, self.snapshot), self._bar.display != seen
        self._bar.display = seen
        arrangement = arrange(panes, self.size, focus, self.zoomed, self.hidden, self.snapshot.must_show)
        if moved or arrangement != self.arrangement:
            self.arrangement = arrangement
            self._apply(arrangement)
            self.lay_out()
            self.ask(tuple(name for name in arrangement.shown if self.panes[name].ASKS))
        self._keep_focus()
        self._name_keys(arrangement)

    def _name_keys(self, arrangement: Arrangement) -> None:
        """Have the last row name the keys of the pane that the user has turned to."""
        self.key_line.alone, pane = arrangement.alone, self.panes[self.focus_name]
        self.key_line.hints = (*self.HINTS, *(pane.HINTS if self.summoned or self.zoomed else ()))

    def _apply(self, arrangement: Arrangement) -> None:
        plots, strips = self._plots, self._strips
        plots.display, strips.display = bool(arrangement.plots), bool(arrangement.bands)
        plots.styles.grid_size_columns = arrangement.columns
        strips.styles.grid_size_columns = across = lcm(*(len(band.names) for band in arrangement.bands))
        strips.styles.grid_rows = " ".join(str(band.rows or "1fr") for band in arrangement.bands) or "1fr"
        strips.styles.height = sum(band.rows or 0 for band in arrangement.bands) or "1fr"
        spans = {name: across // len(band.names) for band in arrangement.bands for name in band.names}
        spans |= dict.fromkeys(arrangement.plots[-1:], arrangement.span)
        for name, pane in self.panes.items():
            pane.display = name in arrangement.shown
            pane.styles.column_span = spans.get(name, 1)

    def _keep_focus(self) -> None:
        """The focus goes with the pane; where that is not shown, to the first one that is."""
        assert self.arrangement is not None
        if shown := self.arrangement.shown:
            if self.focus_name not in shown and self.snapshot.script and SCRIPT_FOCUS in shown:
                self.focus_name = SCRIPT_FOCUS
            pane = self.panes[self.focus_name if self.focus_name in shown else shown[0]]
            if self.focused is not pane:
                self.set_focus(pane, scroll_visible=False)

    def on_descendant_focus(self) -> None:
        if isinstance(self.focused, Pane) and self.arrangement and self.focus_name in self.arrangement.shown:
            self._turn_to(self.focused.NAME)

    def on_key(self, event: Key) -> None:
        """The story shows until the first key, then lives in help."""
        if self.snapshot.state != "starting" and "story" not in self.hidden:
            self.hidden |= {"story"}
            self.place()

    # Keys that turn to panes.

    def action_turn_pane(self, by: int) -> None:
        names = [pane.NAME for pane in relevant(PANES, self.snapshot) if pane.NAME != "story"]
        if names:
            present = names.index(self.focus_name) if self.focus_name in names else -1
            self.show_pane(names[(present + by) % len(names)])

    def show_pane(self, name: str) -> None:
        """Give a pane the focus and, where it has none, the screen."""
        self._turn_to(name)
        self.summoned = True
        self.place()

    def _turn_to(self, name: str) -> None:
        if name != self.focus_name:
            self.focus_name, self.just_hidden = name, None

    def action_zoom_pane(self) -> None:
        self._focus_as_seen()
        self.zoomed = not self.zoomed
        self.place()

    def _focus_as_seen(self) -> None:
        if isinstance(self.focused, Pane):
            self._turn_to(self.focused.NAME)

    def action_hide_pane(self) -> None:
        """Hide the focused pane, or bring back the one that was just hidden."""
        self.zoomed = self.summoned = False
        if back := self.just_hidden:
            self.hidden -= {back}
            self.show_pane(back)
            self.just_hidden = None
        elif isinstance(self.focused, Pane):
            hidden = self.focused.NAME
            self.hidden |= {hidden}
            self.place()
            self._focus_as_seen()
            self.just_hidden = hidden

    def show_all(self) -> None:
        """Show all panes again; once they are, choose no layer."""
        self.chosen_layer = self.chosen_layer if self.zoomed or self.summoned else ""
        self.zoomed = self.summoned = False
        if self.arrangement and self.arrangement.alone:
            self.focus_name = FIRST_FOCUS
        self.place()
