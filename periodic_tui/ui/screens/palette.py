"""The command palette, and the list of themes that is one, too."""

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette
from textual.events import Click
from textual.widgets import LoadingIndicator

from periodic_tui.ui.screens.dismissed_once import DismissedOnce
from periodic_tui.ui.widgets.choices import AnySize


class Commands(AnySize, CommandList):
    """The palette's list, at any size."""


class Palette(DismissedOnce, CommandPalette):
    """Textual's, at any size, and closed once."""

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            yield Commands() if type(widget) is CommandList else widget

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Search no longer, whoever closes it: Textual's own keys do that before they do."""
        self._cancel_gather_commands()
        return super().dismiss(result)

    async def _watch__show_busy(self) -> None:
        """Called by the search, too, that ends with it, when it has lost its parts."""
        if self.query(LoadingIndicator):
            await super()._watch__show_busy()

    def on_click(self, event: Click) -> None:
        """Called before Textual's own, which looks for what lies there, as if there still were such a place."""
        if not self.region.contains_point(event.screen_offset):
            event.prevent_default()

    def _gather_commands(self, search_value: str) -> None:  # type: ignore[override]
        """A letter that came before the key that closed the palette is not searched for after it."""
        if self.is_active:
            super()._gather_commands(search_value)
