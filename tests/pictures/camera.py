"""Real runs on a screen in memory, and pictures of them when it is time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from textual.pilot import Pilot

from periodic_tui.engine import session as engine
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.presets.files import built_in, load
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.dashboard import Dashboard
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.session import Session
from periodic_tui.ui.settings import Drawing
from tests.pictures.cells import screen_of
from tests.pictures.film import Frame

LONGEST = 240.0
"""Seconds that anything may take, on a busy machine too."""


@dataclass
class Camera:
    """Presses keys and takes pictures."""

    app: PeriodicApp
    pilot: Pilot[None]
    frames: list[Frame] = field(default_factory=list)

    @property
    def shown(self) -> Snapshot:
        """What the dashboard shows."""
        assert self.app.dashboard
        return self.app.dashboard.snapshot

    async def take(self, seconds: float, told: str, key: str = "") -> None:
        """The screen as it is now, to be seen for so long."""
        await self.pilot.pause()
        self.frames.append(Frame(screen_of(self.app), seconds, told, key))

    async def until(self, holds: Callable[[Snapshot], bool]) -> None:
        """Wait for such a snapshot on the screen. Raises TimeoutError."""
        async with asyncio.timeout(LONGEST):
            while not (self.app.dashboard and holds(self.shown)):
                await asyncio.sleep(0.01)

    def send(self, words: str) -> None:
        """Give a command whose key is not shown."""
        assert self.app.dashboard
        self.app.dashboard.action_send(words)

    async def press(self, key: str) -> None:
        """As a person does."""
        await self.pilot.press(key)


Story = Callable[[Camera], Awaitable[None]]


def filmed(session: Session, opening: Opening, story: Story, theme: str, size: tuple[int, int]) -> list[Frame]:
    """The pictures that a story takes of a session, on a screen of so many columns and rows."""
    app = PeriodicApp(opening, lambda: (session, built_in()), Drawing(theme=theme))

    async def run() -> list[Frame]:
        async with app.run_test(size=size) as pilot:
            camera = Camera(app, pilot)
            await camera.until(lambda now: isinstance(app.screen, Dashboard) and now.state == "training")
            await story(camera)
            session.stop()
        app.worker.join()
        return camera.frames

    return asyncio.run(run())


def trained(preset: str, story: Story, theme: str, size: tuple[int, int], stepper: str) -> list[Frame]:
    """The pictures of a built-in preset in training, here and now, by that engine."""
    name, experiment = load(preset)
    session = engine.Session(load, name, experiment, engine=stepper, watched=True)
    return filmed(session, Opening(name, experiment.title, experiment.story), story, theme, size)
