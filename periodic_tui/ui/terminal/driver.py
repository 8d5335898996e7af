"""Textual's driver, as this program needs it."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from textual.drivers.linux_driver import LinuxDriver
from textual.events import CursorPosition, InputEvent, MouseMove
from textual.geometry import Region
from textual.message import Message

from periodic_tui.ui.terminal.canvas import Canvas
from periodic_tui.ui.terminal.pace import Pace
from periodic_tui.ui.terminal.writer import Writer
from periodic_tui.ui.widgets.cell_widget import CellWidget

if TYPE_CHECKING:
    from textual.app import App


class TerminalDriver(LinuxDriver):
    """Reads keys from the terminal and writes to it."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.writer = Writer(
            getattr(sys.__stderr__, "encoding", None) or "ascii",
            Canvas(app.console._color_system or ColorSystem.TRUECOLOR),
            Pace(getattr(app, "fps", math.inf)),
            self._areas,
            getattr(app, "line_changed", lambda slow: None),
        )

    def _areas(self) -> list[Region]:
        return [widget.region for widget in self._app.screen.query(CellWidget) if widget.display]

    def start_application_mode(self) -> None:
        self._line = os.open("/dev/tty", os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        self.writer.open(self._line)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self.writer.ask()

    def write(self, data: str) -> None:
        self.writer.write(data)

    def close(self) -> None:
        super().close()
        self.writer.close()
        os.close(self._line)

    def process_message(self, message: Message) -> None:
        """Answers end here; keys go on, and what they bring about is shown before anything that is stale."""
        if isinstance(message, CursorPosition):
            self.writer.answered()
            return
        if isinstance(message, InputEvent) and not isinstance(message, MouseMove):
            self.writer.hurry()
        super().process_message(message)
