"""Textual's driver, as this program needs it: on a line of its own, through all stops and the end of the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from rich.color import ColorSystem
from textual import events
from textual.driver import Driver
from textual.geometry import Region, Size
from textual.message import Message

from periodic_tui.ui.session import EventLoop
from periodic_tui.ui.terminal import modes
from periodic_tui.ui.terminal.abilities import abilities
from periodic_tui.ui.terminal.line import Line
from periodic_tui.ui.terminal.pace import Pace
from periodic_tui.ui.terminal.queries import LONGEST, Queries
from periodic_tui.ui.terminal.reading import Reader
from periodic_tui.ui.terminal.whole import Whole
from periodic_tui.ui.terminal.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from textual.app import App

    from periodic_tui.plotting.cells import Glyphs

AT_ONCE = 0.2
"""Seconds for which the terminal may take to be told something, before it is left as it is."""
ASIDE = 0.2
"""Seconds between two looks whether the terminal is ours again."""


class Host(Protocol):
    """What the driver needs of its app, besides what all of Textual's have."""

    glyphs: Glyphs
    interrupted: int | None
    """The exit code, once a signal has ended the app."""
    fps: float
    """The most frames a second."""

    def line_changed(self, slow: bool) -> None: ...


class TerminalDriver(Driver):
    """Reads keys from the terminal and writes to it.

    The screen is *shown* while this process has the terminal. It is not after ctrl+z or SIGTSTP, nor where the process
    was stopped by SIGSTOP and goes on in the background; it is shown again as soon as the process is in the foreground
    (textual #6298). Training goes on meanwhile, if the process does.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._host, self._soon = cast(Host, app), EventLoop()
        self.line = Line()
        self._queries = Queries(os.environ)
        told = getattr(sys.__stderr__, "encoding", None)
        self.writer = Writer(
            abilities(told, os.environ, self._host.glyphs).encoding,
            Whole(app.console),
            Pace(self._host.fps, asking=self._queries.asks),
            self._areas,
            self._host.line_changed,
        )
        self._reader: Reader | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._handlers: dict[signal.Signals, Any] = {}

    @property
    def can_suspend(self) -> bool:
        return True

    @property
    def shown(self) -> bool:
        """Whether the terminal is in our modes."""
        return self._reader is not None

    def write(self, data: str) -> None:
        """Send text to the terminal, while the screen is shown."""
        if self.shown:
            self.writer.write(data)

    def send_changes(self) -> None:
        """Send only cells that have changed, from the next whole picture on; this needs numpy."""
        from periodic_tui.ui.terminal.canvas import Canvas

        self.writer.canvas = Canvas(self._app.console._color_system or ColorSystem.TRUECOLOR)

    def _areas(self) -> list[Region]:
        """Where the panes are, and the lines of figures and keys."""
        from periodic_tui.ui.widgets.cell_widget import CellWidget

        return [widget.region for widget in self._app.screen.query(CellWidget) if widget.display]

    def process_message(self, message: Message) -> None:
        """Hand on keys, which hurry what they bring about, and keep the answers to the writer's questions."""
        if isinstance(message, events.CursorPosition):
            self.writer.answered()
            return
        if isinstance(message, events.InputEvent) and not isinstance(message, events.MouseMove):
            self.writer.hurry()
        super().process_message(message)

    def send_message(self, message: Message) -> None:
        """Hand a message to the app, from any thread; it is dropped where the app has ended."""
        self._soon(self._app.post_message, message)

    def start_application_mode(self) -> None:
        for name, does in (("SIGTSTP", self.stop), ("SIGCONT", self._goes_on), ("SIGWINCH", self._tell_size)):
            number = signal.Signals[name]
            self._handlers[number] = signal.signal(number, partial(self._signaled, does))
        self._open()

    def disable_input(self) -> None:
        """Nothing that is typed from now on reaches the app."""
        if self._reader:
            self._reader.deaf = True

    def stop_application_mode(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers.clear()
        self._cease_watching()
        self._close(AT_ONCE if self._host.interrupted else LONGEST)

    def restore(self) -> None:
        """Give the terminal back in a hurry, from whatever thread; waits for next to nothing and never raises."""
        if self.shown:
            self._reader = None
            self.line.give_back(modes.LEAVE.encode(), AT_ONCE)

    def _open(self) -> None:
        self.line.make_raw()
        self.writer.open(self.line.descriptor)
        self._reader = Reader(self.line, self.process_message, self._queries.answered, self._gone)
        self.write(modes.ENTER + self._queries.opening())
        self._reader.start()
        self.writer.ask()
        self._tell_size()

    def _close(self, longest: float = LONGEST) -> None:
        """Give the terminal back. First it is told to report nothing, and everything that it has reported or answered
        until then is read, so that nothing of it is typed into the shell; for so many seconds at most."""
        reader = self._reader
        if reader is not None:
            reader.deaf = True
            self.write(modes.QUIET + self._queries.closing() * (longest > 0))
            self.writer.close()
            self._queries.wait(longest)
            reader.stop()
            self.restore()

    def _tell_size(self) -> None:
        self._size = self.line.size()
        self.send_message(events.Resize(Size(*self._size), Size(*self._size)))

    def _gone(self) -> None:
        """The terminal has been closed; whoever should have told us has not, or was not heard."""
        os.kill(os.getpid(), signal.SIGHUP)

    # The process stops, and goes on.

    def stop(self, everyone: bool = False) -> None:
        """Give the terminal back and stop this process, or its whole job, until somebody continues it. Where there is
        no shell that could, nobody stops."""
        self._close()
        with _ignored(signal.SIGCONT), _ignored(signal.SIGTSTP):
            if everyone:
                os.kill(0, signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            signal.pthread_kill(threading.get_ident(), signal.SIGTSTP)  # returns when this thread goes on
        self._look()

    def _goes_on(self) -> None:
        """The process was stopped by a signal that nobody hears of, and others may have had the terminal."""
        self._close(0.0)
        self._look()

    def _look(self) -> None:
        """Show the screen, now or as soon as the terminal is ours."""
        self._cease_watching()
        if not self._handlers:  # the app has ended meanwhile
            return
        try:
            ours = self.line.is_ours()
        except OSError:
            self._gone()
            return
        if ours:
            self._open()
            self.writer.redraw()
        else:
            self._watch = self._loop.call_later(ASIDE, self._look)

    def _cease_watching(self) -> None:
        if self._watch:
            self._watch.cancel()
            self._watch = None

    def _signaled(self, does: Callable[[], object], number: int, frame: FrameType | None) -> None:
        self._soon(does)


@contextmanager
def _ignored(number: signal.Signals) -> Iterator[None]:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)
