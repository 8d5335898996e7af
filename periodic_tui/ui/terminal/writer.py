"""What goes to the terminal: the cells that have changed, and no more than it takes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual._compositor import CompositorUpdate
from textual.geometry import Offset, Region

from periodic_tui.ui.session import EventLoop
from periodic_tui.ui.terminal.outlet import Outlet
from periodic_tui.ui.terminal.pace import Pace
from periodic_tui.ui.terminal.whole import Whole

if TYPE_CHECKING:
    from periodic_tui.ui.terminal.canvas import Canvas

QUESTION = "\x1b[6n"
"""Asks for the cursor's position: terminals answer it, and so do multiplexers."""
HOLD, LET_GO = "\x1b[?2026h", "\x1b[?2026l"
"""Around what appears at once."""
MOST_WAITING = 65536
"""Bytes that may wait for a terminal that does not read; what is no frame is lost beyond that."""


class Writer:
    """Shows updates of the screen on a terminal. It never waits: of what the terminal does not take yet, only the
    newest picture is kept. All but `answered` and `hurry` is for the event loop's thread.

    Args:
        encoding: of what the terminal reads.
        canvas: knows what there is to be sent; may be another later on.
        pace: says when a frame may go.
        areas: regions of the screen that are sent one after the other where not all can be.
        told: called whenever the line becomes slow, or no longer is.
    """

    def __init__(
        self,
        encoding: str,
        canvas: Canvas | Whole,
        pace: Pace,
        areas: Callable[[], Sequence[Region]] = lambda: (),
        told: Callable[[bool], object] = lambda slow: None,
    ) -> None:
        self._encoding, self.canvas, self._pace, self._areas, self._told = encoding, canvas, pace, areas, told
        self.hurry = pace.hurry
        self._on_loop: EventLoop | None = None
        self._outlet: Outlet | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._cursor = Offset(0, 0)
        self._at_once = False

    def open(self, descriptor: int) -> None:
        """Begin to write to a terminal, by a descriptor that does not block; what it shows is not known."""
        self.close()
        self._on_loop, self._outlet = EventLoop(), Outlet(descriptor, self._frame)
        self.canvas.forget()
        self._pace.hurry()  # the first frame is empty, and nobody wants to wait for the second

    def close(self) -> None:
        """Write what is left, as far as the terminal takes it soon, and no more after that."""
        outlet, self._outlet = self._outlet, None
        if outlet:
            outlet.close()

    def write(self, text: str) -> None:
        """Send text that is no part of the screen, such as a mode of the terminal."""
        if self._outlet and self._outlet.waiting < MOST_WAITING:
            self._outlet.write(self._encoded(text))

    def ask(self) -> None:
        """Find out how soon the terminal answers while it has nothing else to do."""
        if self._pace.asking:
            self.write(QUESTION)
            self._pace.sent(len(QUESTION), asked=True)

    def show(self, update: CompositorUpdate, cursor: Offset, at_once: bool) -> None:
        """Show what has changed in the compositor, with the cursor there; `at_once` where the terminal can hold back
        a frame until all of it has come."""
        self.canvas.paint(update)
        self._cursor, self._at_once = cursor, at_once
        self._frame()

    def redraw(self) -> None:
        """Clear the terminal and show everything anew."""
        self.canvas.forget()
        self._frame()

    def answered(self) -> None:
        """The terminal has answered; from any thread."""
        if self._on_loop:
            self._on_loop(self._hear, self._pace.clock())

    def _hear(self, moment: float) -> None:
        before = self._pace.slow
        self._pace.answered(moment)
        if self._pace.slow != before:
            self._told(self._pace.slow)
        self._frame()

    def _frame(self) -> None:
        """Send what has changed, if it may go; else when it may."""
        whole = False
        while self._outlet and not self._outlet.waiting and not whole:
            if wait := self._pace.wait():
                self._try_after(wait)
                return
            budget = self._pace.budget
            cells, whole = self.canvas.changes(budget, self._areas() if budget < math.inf else ())
            if cells:
                asks = self._pace.asks()
                data = self._encoded(self._framed(cells) + QUESTION * asks)
                self._pace.sent(len(data), asks, whole)
                self._outlet.write(data)

    def _try_after(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._frame)

    def _framed(self, cells: str) -> str:
        cursor = f"\x1b[{self._cursor.y + 1};{self._cursor.x + 1}H" if self._cursor else ""
        return f"{HOLD}{cells}{cursor}{LET_GO}" if self._at_once else cells + cursor

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._encoding, "replace")
