"""The first frame: what runs and what to watch, on the screen before anything that takes long is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from periodic_tui.ui.formatting import literal, plain
from periodic_tui.ui.keys import ALWAYS

if TYPE_CHECKING:
    from periodic_tui.plotting.cells import Glyphs


class Opening(NamedTuple):
    """What is known of a preset before it is validated."""

    preset: str
    title: str
    story: str
    waits: str = "starting torch"
    """What takes time now."""


class OpeningScreen(Screen[None]):
    """Header and story; the dashboard takes its place as soon as it has been imported."""

    DEFAULT_CSS = """
    OpeningScreen {
        #opening-header { height: 2; width: 1fr; text-wrap: nowrap; }
        #opening-story { height: 1fr; border: round $quiet; content-align: center middle; padding: 0 4; }
        &.-block #opening-story { border: solid $quiet; }
        &.-ascii #opening-story { border: ascii $quiet; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = ALWAYS

    def __init__(self, opening: Opening, glyphs: Glyphs) -> None:
        super().__init__()
        self.opening, self.glyphs = opening, glyphs
        self.add_class(f"-{glyphs}")

    def compose(self) -> ComposeResult:
        preset, title, story, waits = self.opening
        header = f" periodic-tui   {preset}   {title}   ● starting"
        yield Static(plain(header, self.glyphs), id="opening-header", markup=False)
        box = Static(literal(story), id="opening-story", markup=False)
        box.border_title, box.border_subtitle = "what to watch", waits
        yield box
