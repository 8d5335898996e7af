"""One picture drawn by the dashboard without a terminal."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from contextlib import redirect_stderr
from typing import TYPE_CHECKING

from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.screens.opening import Opening

if TYPE_CHECKING:
    from periodic_tui.engine.commands.base import Command
    from periodic_tui.engine.snapshot import Snapshot, View

SIZE = (120, 40)
"""Columns and rows."""
_MOMENT = 0.02
"""Seconds between two looks at whether the picture has been drawn."""


class Still:
    """A session that shows one picture, and does nothing."""

    failure: BaseException | None = None

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.on_wake: Callable[[], None] = lambda: None
        self.was_drawn = False

    def latest(self) -> Snapshot:
        """The picture."""
        return self.snapshot

    def drawn(self, snapshot: Snapshot) -> None:
        """It is on the screen."""
        self.was_drawn = True

    def send(self, command: Command) -> None:
        """Nothing is trained."""

    def look(self, view: View) -> None:
        """The picture shows what was looked at."""

    def run(self) -> None:
        """Nothing is trained."""

    def stop(self) -> None:
        """There is nothing to stop."""


def svg_of(snapshot: Snapshot, size: tuple[int, int] = SIZE) -> str:
    """The picture as the dashboard draws it, as SVG. Raises whatever the panes raise on a picture that is damaged."""
    still = Still(snapshot)
    app = PeriodicApp(Opening(snapshot.preset, snapshot.title, snapshot.story), lambda: (still, []))
    with redirect_stderr(io.StringIO()):  # where Textual prints what a pane raises, which is for the caller
        return asyncio.run(_drawn(app, still, size))


async def _drawn(app: PeriodicApp, still: Still, size: tuple[int, int]) -> str:
    async with app.run_test(size=size) as pilot:
        while not still.was_drawn and app.return_code is None:
            await pilot.pause(_MOMENT)
        if app.failure:
            raise app.failure
        await pilot.pause()
        return app.export_screenshot(title=f"{still.snapshot.preset}, step {still.snapshot.step:,}")
