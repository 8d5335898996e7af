"""What the screen needs of a session, as a protocol; tests have a scripted one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from periodic_tui.engine.commands import Command
    from periodic_tui.engine.snapshot import Snapshot, View


class Session(Protocol):
    """The run in the worker thread, as it looks from the screen's."""

    on_wake: Callable[[], None]
    """Called from the worker thread whenever there is another snapshot; set by the screen."""

    @property
    def failure(self) -> BaseException | None:
        """The bug that ended the worker, if any."""

    def latest(self) -> Snapshot:
        """The newest snapshot; never waits."""

    def send(self, command: Command) -> None:
        """Queue a command; thread-safe, never waits."""

    def look(self, view: View) -> None:
        """Ask for other snapshots; thread-safe, never waits."""

    def run(self) -> None:
        """The worker thread's body; returns after `stop`, or after a bug."""

    def stop(self) -> None:
        """Ask `run` to return."""


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
