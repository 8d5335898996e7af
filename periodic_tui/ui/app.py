"""The app: one worker thread, one timer, one screen."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextvars import copy_context
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.screen import Screen

from periodic_tui.engine.snapshot import EMPTY, Snapshot
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.plotting.frame import preload
from periodic_tui.ui.dashboard import Dashboard
from periodic_tui.ui.screens.picker import Preset
from periodic_tui.ui.session import Session, Wake

COLORS = {
    "network": "#5fafff",
    "target": "#ffaf00",
    "trouble": "#ff5f87",
    "quiet": "#767676",
    "pale": "#3a5f87",
    "mark": "#af87d7",
}
"""One color for each meaning, told apart with any color vision; each has a shape of its own besides."""

AFTER_FIRST_FRAME = 0.02
"""Seconds for the first frame to leave before torch's import holds the interpreter."""


class PeriodicApp(App[None], inherit_bindings=False):
    """Polls the session's newest snapshot and hands it down; a wake from the session need not wait for the timer."""

    CSS_PATH = "app.tcss"
    TITLE = "periodic-tui"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "help_quit", show=False, system=True),
        Binding("ctrl+q", "quit", show=False, system=True, priority=True),
    ]

    snapshot: var[Snapshot] = var(EMPTY)

    def __init__(
        self, session: Session, presets: Sequence[Preset], fps: float = 10.0, glyphs: Glyphs = "braille"
    ) -> None:
        super().__init__()
        self.session, self.presets, self.fps, self.glyphs = session, presets, fps, glyphs
        self._interrupt: Callable[[int], object] = sys.exit
        self.worker = threading.Thread(target=self._work, name="session", daemon=True)

    def _work(self) -> None:
        """The worker thread's body: whatever takes long to import, then the session."""
        preload()
        self.session.run()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return COLORS

    def get_default_screen(self) -> Screen[None]:
        return Dashboard(self.session, self.presets, self.glyphs).data_bind(PeriodicApp.snapshot)

    def on_mount(self) -> None:
        self.poll()
        loop, context = asyncio.get_running_loop(), copy_context()
        self.session.on_wake = Wake(loop, context, self.poll)
        self._interrupt = lambda code: loop.call_soon_threadsafe(self.exit, None, code, context=context)
        self.set_interval(1 / self.fps, self.poll)
        self.call_after_refresh(self.set_timer, AFTER_FIRST_FRAME, self.worker.start)

    def poll(self) -> None:
        """Take the newest snapshot."""
        self.snapshot = self.session.latest()

    def interrupt(self, code: int) -> None:
        """End from a signal handler."""
        self._interrupt(code)

    def action_help_quit(self) -> None:
        self.notify("press q to quit", markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        if isinstance(screen, Dashboard):
            yield from (SystemCommand(*entry) for entry in screen.palette())
        yield SystemCommand("theme", "Choose other colors", self.action_change_theme)
