"""The app, with its one worker thread and one screen."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen
from textual.theme import ThemeProvider

from periodic_tui.presets.builtin import Listed
from periodic_tui.ui.key_table import PALETTE, REDRAW, SUSPEND
from periodic_tui.ui.keys import bindings, key_for, use, written
from periodic_tui.ui.memory import GLYPHS, GREETED, THEME
from periodic_tui.ui.screens.opening import Opening, OpeningScreen
from periodic_tui.ui.screens.palette import Palette
from periodic_tui.ui.session import Wake, Work
from periodic_tui.ui.settings import Drawing, Settings
from periodic_tui.ui.terminal.app import TerminalApp
from periodic_tui.ui.themes import OURS, inks_on

if TYPE_CHECKING:
    from rich.console import RenderableType

    from periodic_tui.engine.recording.library import Entry
    from periodic_tui.plotting.cells import Glyphs
    from periodic_tui.ui.child import Child
    from periodic_tui.ui.dashboard import Dashboard

OpenSession = Callable[[], tuple[Work, Sequence[Listed]]]
"""Makes the session, not yet running, and the list of presets."""

FindScreen = Callable[[], Callable[..., Any]]
"""Imports the main screen, which is made from the session, the presets, the glyphs and what finds recordings."""

FindRecordings = Callable[[], Sequence["Entry"]]
"""Finds the user's recordings, newest first; called in a thread of its own."""

GREETS = 12.0
"""Seconds."""
GREETING = (("toggle-pause", "stops training, and lets it go on"), ("remedies", "rescues it"), ("help", "explains all"))
SCRIPT_GREETING = (("turn_pane(1)", "next pane"), ("zoom_pane", "shows it alone"), ("help", "explains all"))
AFTER_FIRST_FRAME = 0.02
"""Seconds for the first frame to leave before imports hold the interpreter."""


def dashboard_screen() -> type[Dashboard]:
    """The dashboard, imported when it is wanted."""
    from periodic_tui.ui.dashboard import Dashboard

    return Dashboard


class PeriodicApp(TerminalApp, inherit_bindings=False):
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

    def __init__(
        self,
        opening: Opening,
        open_session: OpenSession,
        drawing: Drawing | None = None,
        settings: Settings | None = None,
        *,
        recordings: FindRecordings = lambda: (),
        child: Child | None = None,
        find_screen: FindScreen = dashboard_screen,
    ) -> None:
        """`drawing`: what comes of the settings on this terminal. `child`: the script that is watched, where it was
        started for this."""
        drawing = drawing or Drawing()
        self.settings = settings or Settings()
        super().__init__(drawing.glyphs, drawing.colors, self.settings.fps)
        self.glyph_sets = drawing.glyph_sets
        for ours in OURS:
            self.register_theme(ours)
        self._begin_with(self.settings.theme, self.settings.memory.get(THEME), drawing.theme)
        self.opening, self.open_session = opening, open_session
        self.recordings, self.child, self.find_screen = recordings, child, find_screen
        self.session: Work | None = None
        self.dashboard: Dashboard | None = None
        self.failure: BaseException | None = None
        """What went wrong before there was a session to keep it."""
        self.worker = threading.Thread(target=self._work, name="session", daemon=True)

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
        self.call_after_refresh(self.set_timer, AFTER_FIRST_FRAME, self.worker.start)

    def _work(self) -> None:
        """The worker thread's body: whatever takes long to import, then the session."""
        try:
            from periodic_tui.plotting.frame import preload

            screen, (session, presets) = self.find_screen(), self.open_session()
            open_ = self.tell(self._show, screen, session, presets)
            preload()
        except BaseException as failure:
            self.failure = failure
            self.tell(self.exit, None, 1)
        else:
            if open_:
                session.run()

    def _show(self, screen: Callable[..., Any], session: Work, presets: Sequence[Listed]) -> None:
        """Put the main screen over the opening."""
        self.session = session
        self.dashboard = screen(session, presets, self.glyphs, self.recordings)
        session.on_wake = Wake(self.tell, self.dashboard.poll)
        self.send_changes()
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
