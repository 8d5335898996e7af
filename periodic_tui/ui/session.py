"""What the screen needs of a session, and how that wakes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from periodic_tui.engine.commands.base import Command
    from periodic_tui.engine.snapshot import Snapshot, View


class Work(Protocol):
    """What the app's worker thread does. `run` is its body; nothing else ever waits."""

    on_wake: Callable[[], None]
    """Called from the worker thread whenever there is something else to show; set by the screen."""

    @property
    def failure(self) -> BaseException | None: ...
    def run(self) -> None: ...
    def stop(self) -> None: ...


class Session(Work, Protocol):
    """The engine's session; tests have a scripted one."""

    def latest(self) -> Snapshot: ...
    def send(self, command: Command) -> None: ...
    def look(self, view: View) -> None: ...
    def drawn(self, snapshot: Snapshot) -> None: ...


class EventLoop:
    """Runs actions on the event loop that runs where it is made; it is called from any thread."""

    def __init__(self) -> None:
        self._loop, self._context = asyncio.get_running_loop(), copy_context()

    def __call__(self, action: Callable[..., object], *arguments: object) -> bool:
        """Run an action soon; False where the loop has ended."""
        try:
            self._loop.call_soon_threadsafe(action, *arguments, context=self._context)
        except RuntimeError:
            return False
        return True


class Wake:
    """Runs an action on the event loop when called in any thread: at once, never waiting, many calls as one."""

    def __init__(self, call: Callable[[Callable[[], object]], object], action: Callable[[], object]) -> None:
        self._call, self._action = call, action
        self._pending = False

    def __call__(self) -> None:
        if not self._pending:
            self._pending = True
            self._call(self._run)

    def _run(self) -> None:
        self._pending = False
        self._action()
