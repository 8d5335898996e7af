"""An app whose screen goes to the terminal through its writer."""

import math

from rich.console import RenderableType
from textual import constants
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.reactive import var
from textual.screen import Screen

from periodic_tui.ui.terminal.driver import TerminalDriver


class DisplayedApp(App[None]):
    """Sends what has changed, where the driver is the terminal's."""

    fps = math.inf
    """The most frames a second."""
    slow_line: var[bool] = var(False)
    """Whether the terminal takes fewer frames than there are."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        driver, update = self._driver, renderable
        if not (isinstance(driver, TerminalDriver) and isinstance(update, CompositorUpdate)):
            super()._display(screen, renderable)
        elif self._running and not self._closed and not self._batch_count:
            driver.writer.show(update, screen.outer_size.clamp_offset(self.cursor_position), self._sync_available)

    def send_changes(self) -> None:
        """Send only cells that have changed, from the next whole picture on."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.send_changes()

    def action_redraw(self) -> None:
        """Draw everything anew, also within menus: others may have written on the terminal."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.writer.redraw()

    def line_changed(self, slow: bool) -> None:
        """The terminal takes fewer frames than there are, or all of them again: nothing moves there for its looks."""
        self.slow_line, self.animation_level = slow, "none" if slow else constants.TEXTUAL_ANIMATIONS
