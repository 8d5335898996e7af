"""Textual's app on a terminal: what goes there, what is told for a moment, what is printed past it, how it ends."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.color import ColorSystem
from rich.console import Console
from textual import constants
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.notifications import SeverityLevel
from textual.reactive import var
from textual.screen import Screen
from textual.timer import Timer

from periodic_tui.printable import cut, printable
from periodic_tui.ui.formatting import literal, shortened
from periodic_tui.ui.inert import Inert, without_markup
from periodic_tui.ui.session import EventLoop, Wake
from periodic_tui.ui.terminal.abilities import ColorDepth
from periodic_tui.ui.terminal.driver import TerminalDriver

if TYPE_CHECKING:
    from rich.console import RenderableType

    from periodic_tui.plotting.cells import Glyphs
    from periodic_tui.ui.terminal.stray import Stray

COLOR_SYSTEMS: dict[ColorDepth, ColorSystem] = {
    "none": ColorSystem.STANDARD,
    "16": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
}
"""As Rich knows them, by which Textual writes every style."""

LONGEST_TOLD = 400
"""Characters of what is said for a moment."""

WIDEST_TITLE = 80
"""Cells of a picture's title."""

NEWS = 0.2
"""Seconds until what was printed is shown, together with what comes meanwhile."""


class TerminalApp(App[None], inherit_bindings=False):
    """Draws through a driver and a writer of our own, where it has a terminal and is not shown in a browser."""

    slow_line: var[bool] = var(False)
    """Whether the terminal takes fewer frames than there are."""

    def __init__(self, glyphs: Glyphs = "braille", colors: ColorDepth | None = None, fps: float = math.inf) -> None:
        """`glyphs`: the characters that are drawn by. `colors`: how many the terminal has; None: Textual finds out.
        `fps`: the most frames a second that are sent to it."""
        without_markup()
        super().__init__()
        self.glyphs, self.fps = glyphs, fps
        self._inert = Inert()
        if colors is not None:
            self._show_in(colors)
        self.interrupted: int | None = None
        """The exit code, once a signal has come that ends the app."""
        self.stray: Stray | None = None
        """Catches what is printed, where this app has the terminal."""
        self._looks: Timer | None = None
        self._event_loop: EventLoop | None = None

    def on_mount(self) -> None:
        self._event_loop = EventLoop()
        if self.stray:
            self.stray.on_news = Wake(self.tell, self._look_at_stray)
        if self.interrupted is not None:
            self.exit(None, self.interrupted)

    def tell(self, action: Callable[..., object], *arguments: object) -> bool:
        """Run an action on the event loop, from any thread; False where that has ended, since the user has quit."""
        assert self._event_loop is not None
        return self._event_loop(action, *arguments)

    def get_driver_class(self) -> type[Driver]:
        """The terminal's, unless the environment names another, as a browser's server does."""
        return TerminalDriver if constants.DRIVER is None and os.name == "posix" else super().get_driver_class()

    def _show_in(self, colors: ColorDepth) -> None:
        """Go by the terminal's colors; Textual itself writes grays of 16 million colors where there are to be none."""
        self.no_color = colors == "none"
        kept = [each for each in self._filters if not isinstance(each, Monochrome)]
        self._filters = [*kept, NoColor()] if self.no_color else kept
        self.console._color_system = COLOR_SYSTEMS[colors]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a browser there is no shell to go to."""
        return not (self.is_web and action == "suspend_process") and super().check_action(action, parameters)

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Show an update of the compositor's by the terminal's writer, which sends the changed cells of it."""
        driver, update = self._driver, renderable
        if not (isinstance(driver, TerminalDriver) and isinstance(update, CompositorUpdate)):
            super()._display(screen, renderable)
        elif self._running and not self._closed and not self._batch_count:
            driver.writer.show(update, screen.outer_size.clamp_offset(self.cursor_position), self._sync_available)

    def send_changes(self) -> None:
        """Send only cells that have changed, from the next whole picture on."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.send_changes()

    def line_changed(self, slow: bool) -> None:
        """The terminal takes fewer frames than there are, or all of them again: nothing moves there for its looks."""
        self.slow_line, self.animation_level = slow, "none" if slow else constants.TEXTUAL_ANIMATIONS

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._inert]

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something for a moment, in a few lines."""
        told = shortened(literal(message), LONGEST_TOLD)
        super().notify(told, title=title, severity=severity, timeout=timeout, markup=markup)

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """The screen as SVG, with a title of one line."""
        return super().export_screenshot(title=cut(printable(title or self.title), WIDEST_TITLE), simplify=simplify)

    def catch(self, stray: Stray) -> None:
        """Leave what is printed to that; Textual's own errors go where standard error led before."""
        self.stray = stray
        self._capture_stdout, self._capture_stderr = sys.stdout, sys.stderr  # type: ignore[assignment]
        self.error_console = Console(file=stray.original(2), markup=False, highlight=False)

    def _look_at_stray(self) -> None:
        """Show what was printed, soon."""
        if self._looks is None:
            self._looks = self.set_timer(NEWS, self._show_stray)

    def _show_stray(self) -> None:
        self._looks = None
        for screen in self.screen_stack:
            if poll := getattr(screen, "poll", None):
                poll()

    def interrupt(self, code: int) -> None:
        """End from a signal handler: now, or as soon as the app has begun."""
        self.interrupted = code
        if self._event_loop is not None:
            self.tell(self.exit, None, code)

    def restore_terminal(self) -> None:
        """Give the terminal back without waiting for anything, from any thread."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.restore()

    def action_redraw(self) -> None:
        """Draw everything anew, also within menus: others may have written on the terminal."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.writer.redraw()

    def action_suspend_process(self) -> None:
        """Go to the shell, where there is one (textual #6298)."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.stop(everyone=True)
