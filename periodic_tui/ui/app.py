"""The app, with its one worker thread and one screen."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.color import ColorSystem
from rich.console import Console
from textual import constants
from textual._compositor import CompositorUpdate
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome, NoColor
from textual.notifications import SeverityLevel
from textual.reactive import var
from textual.screen import Screen
from textual.theme import ThemeProvider
from textual.timer import Timer

from periodic_tui.printable import cut, printable
from periodic_tui.ui.formatting import literal, shortened
from periodic_tui.ui.inert import Inert, without_markup
from periodic_tui.ui.key_table import PALETTE, REDRAW, SUSPEND
from periodic_tui.ui.keys import bindings, key_for, use, written
from periodic_tui.ui.screens.opening import Opening, OpeningScreen
from periodic_tui.ui.screens.palette import Palette
from periodic_tui.ui.session import EventLoop, Wake, Work
from periodic_tui.ui.settings import Settings
from periodic_tui.ui.terminal.abilities import ColorDepth
from periodic_tui.ui.terminal.driver import TerminalDriver
from periodic_tui.ui.themes import DARK, OURS, inks_on

if TYPE_CHECKING:
    from rich.console import RenderableType

    from periodic_tui.engine.recording.library import Entry
    from periodic_tui.plotting.cells import Glyphs
    from periodic_tui.ui.child import Child
    from periodic_tui.ui.dashboard import Dashboard
    from periodic_tui.ui.terminal.stray import Stray

OpenSession = Callable[[], tuple[Work, Sequence[tuple[str, str, str, str]]]]
"""Makes the session, not yet running, and the list of presets: name, title, source, outcome."""

FindScreen = Callable[[], Callable[..., Any]]
"""Imports the main screen, which is made from the session, the presets, the glyphs and what finds recordings."""

FindRecordings = Callable[[], Sequence["Entry"]]
"""Finds the user's recordings, newest first; called in a thread of its own."""

COLOR_SYSTEMS: dict[ColorDepth, ColorSystem] = {
    "none": ColorSystem.STANDARD,
    "16": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
}
"""As Rich knows them, by which Textual writes every style."""

THEME, GLYPHS, GREETED = "theme", "glyphs", "greeted"
"""Names of what is remembered."""
GREETS = 12.0
"""Seconds."""
GREETING = (("toggle-pause", "stops training, and lets it go on"), ("remedies", "rescues it"), ("help", "explains all"))
SCRIPT_GREETING = (("turn_pane(1)", "next pane"), ("zoom_pane", "shows it alone"), ("help", "explains all"))
LONGEST_TOLD = 400
"""Characters of what is said for a moment."""

WIDEST_TITLE = 80
"""Cells of a picture's title."""

AFTER_FIRST_FRAME = 0.02
"""Seconds for the first frame to leave before imports hold the interpreter."""


NEWS = 0.2
"""Seconds until what was printed is shown, together with what comes meanwhile."""


def dashboard_screen() -> type[Dashboard]:
    """The dashboard, imported when it is wanted."""
    from periodic_tui.ui.dashboard import Dashboard

    return Dashboard


class PeriodicApp(App[None], inherit_bindings=False):
    """Shows the opening at once; the worker thread then imports the dashboard and torch, and trains."""

    CSS_PATH = "app.tcss"
    TITLE = "periodic-tui"
    ALLOW_SELECT = False
    NOTIFICATION_TIMEOUT = 2.5
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "help_quit", show=False, system=True),
        Binding("ctrl+q", "quit", show=False, system=True, priority=True),
        *bindings([PALETTE, REDRAW, SUSPEND], priority=True),
    ]

    slow_line: var[bool] = var(False)
    """Whether the terminal takes fewer frames than there are."""

    def __init__(
        self,
        opening: Opening,
        open_session: OpenSession,
        glyphs: Glyphs = "braille",
        recordings: FindRecordings = lambda: (),
        child: Child | None = None,
        colors: ColorDepth | None = None,
        fps: float = math.inf,
        theme: str = DARK.name,
        settings: Settings | None = None,
        find_screen: FindScreen = dashboard_screen,
    ) -> None:
        """`colors`: how many the terminal has; None: Textual finds out. `fps`: the most frames a second of it.
        `theme`: the name of one, ours or Textual's, where neither the config file nor the last choice names another."""
        without_markup()
        super().__init__()
        self.find_screen = find_screen
        self._inert = Inert()
        self.fps = fps
        self.settings = settings or Settings()
        for ours in OURS:
            self.register_theme(ours)
        self._begin_with(self.settings.theme, self.settings.memory.get(THEME), theme)
        if colors is not None:
            self._show_in(colors)
        self.child = child
        """The script that is watched, where it was started for this."""
        self.recordings = recordings
        self.opening, self.open_session, self.glyphs = opening, open_session, glyphs
        self.glyph_sets: Sequence[Glyphs] = (glyphs,)
        """What the terminal can show, the richest first."""
        self.session: Work | None = None
        self.dashboard: Dashboard | None = None
        self.failure: BaseException | None = None
        """What went wrong before there was a session to keep it."""
        self.stray: Stray | None = None
        """Catches what is printed, where this app has the terminal."""
        self._looks: Timer | None = None
        self.interrupted: int | None = None
        """The exit code, once a signal has come that ends the app."""
        self._event_loop: EventLoop | None = None
        self.worker = threading.Thread(target=self._work, name="session", daemon=True)

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

    def line_changed(self, slow: bool) -> None:
        """The terminal takes fewer frames than there are, or all of them again: nothing moves there for its looks."""
        self.slow_line, self.animation_level = slow, "none" if slow else constants.TEXTUAL_ANIMATIONS

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._inert]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return inks_on(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        return OpeningScreen(self.opening, self.glyphs)

    def get_key_display(self, binding: Binding) -> str:
        return written(binding.key)

    def on_load(self) -> None:
        """Before anything is drawn, or named by its key."""
        use(self.settings.keys)
        self.set_keymap({ident: ",".join(keys) for ident, keys in self.settings.keys.items()})
        self.watch(self, "theme", self._theme_chosen, init=False)

    def _begin_with(self, *themes: str) -> None:
        """Have the first of these themes that there is from the first frame on: set later, it would cost another look
        at every style."""
        self.set_reactive(PeriodicApp.theme, next(theme for theme in themes if theme in self.available_themes))
        self.stylesheet.set_variables(self.get_css_variables())

    def _theme_chosen(self, theme: str) -> None:
        """Remember what the user has chosen on the screen."""
        self.settings.memory.keep(THEME, theme)
        if self.settings.theme:
            self.notify(f"the next start has {self.settings.theme} again, as your config says", markup=False)

    def on_mount(self) -> None:
        self._event_loop = EventLoop()
        if self.interrupted is not None:
            self.exit(None, self.interrupted)
        self.call_after_refresh(self.set_timer, AFTER_FIRST_FRAME, self.worker.start)

    def _work(self) -> None:
        """The worker thread's body: whatever takes long to import, then the session."""
        try:
            from periodic_tui.plotting.frame import preload

            screen, (session, presets) = self.find_screen(), self.open_session()
            open_ = self._tell(self._show, screen, session, presets)
            preload()
        except BaseException as failure:
            self.failure = failure
            self._tell(self.exit, None, 1)
        else:
            if open_:
                session.run()

    def _tell(self, action: Callable[..., object], *arguments: object) -> bool:
        """Run an action on the event loop, from any thread; False where that has ended, since the user has quit."""
        assert self._event_loop is not None
        return self._event_loop(action, *arguments)

    def _show(self, screen: Callable[..., Any], session: Work, presets: Sequence[tuple[str, str, str, str]]) -> None:
        """Put the main screen over the opening."""
        self.session = session
        self.dashboard = screen(session, presets, self.glyphs, self.recordings)
        session.on_wake = Wake(self._tell, self.dashboard.poll)
        if self.stray:
            self.stray.on_news = Wake(self._tell, self._look_at_stray)
        self.push_screen(self.dashboard)
        self._greet(self.dashboard)

    def _greet(self, dashboard: Dashboard) -> None:
        """Name three keys on the first start ever, until the first one is pressed; where that cannot be remembered,
        never."""
        memory = self.settings.memory
        if memory.get(GREETED) or not memory.keep(GREETED, "yes"):
            return
        keys = SCRIPT_GREETING if self.child else GREETING
        width = max(len(key_for(action)) for action, _ in keys)
        text = "\n".join(f"{key_for(action):{width}}  {does}" for action, does in keys)
        self.notify(text, title="three keys to begin with", timeout=GREETS, markup=False)
        dashboard.greets = True

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

    def stop_session(self) -> None:
        """Let the session save and end; from any thread."""
        if self.session is not None:
            self.session.stop()

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """End; the session saves meanwhile."""
        self.stop_session()
        super().exit(result, return_code, message)

    async def action_quit(self) -> None:
        """End; where a script is watched that still runs, ask first what is to become of it."""
        from periodic_tui.ui.screens.leave import Leave

        if not (self.child and self.child.poll() is None and self.dashboard):
            self.exit()
        elif not isinstance(self.screen, Leave):
            recording = self.dashboard.snapshot.recording
            self.push_screen(Leave(self.child, os.path.basename(recording), self.glyphs), self._leave)

    def _leave(self, leaves: bool | None) -> None:
        if leaves:
            self.exit()

    def interrupt(self, code: int) -> None:
        """End from a signal handler: now, or as soon as the app has begun."""
        self.interrupted = code
        if self._event_loop is not None:
            self._tell(self.exit, None, code)

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

    def action_help_quit(self) -> None:
        self.notify(f"press {key_for('app.quit')} to quit", markup=False)

    def action_command_palette(self) -> None:
        """Show the palette, unless it is shown."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette())

    def search_themes(self) -> None:
        """Choose a theme from a list of them."""
        self.push_screen(Palette(providers=[ThemeProvider], placeholder="Search for themes…"))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        palette = getattr(screen, "palette", None)
        if palette is not None:
            yield from (SystemCommand(*entry) for entry in palette())
        yield SystemCommand("theme", "Choose other colors", self.action_change_theme)
        for name in self.available_themes:
            yield SystemCommand(f"theme {name}", "Take these colors", partial(setattr, self, "theme", name), False)
        for glyphs in self.glyph_sets:
            yield SystemCommand(f"glyphs {glyphs}", "Draw by these characters", partial(self.draw_by, glyphs), False)

    def draw_by(self, glyphs: Glyphs) -> None:
        """Draw by another set of characters from now on, and remember it."""
        self.glyphs = glyphs
        self.settings.memory.keep(GLYPHS, glyphs)
        for screen in self.screen_stack:
            if draw_by := getattr(screen, "draw_by", None):
                draw_by(glyphs)
