"""Random keys, mouse, pastes and sizes on a headless screen: thousands of them in the time of a few in a terminal."""

import asyncio
import random
from collections import deque
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from textual._xterm_parser import XTermParser
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Resize
from textual.geometry import Size
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import Past, Snapshot
from periodic_tui.ui.app import PeriodicApp
from tests.pty.events import Input, random_inputs
from tests.ui.deaths import OVER_ONE, OVER_TWO
from tests.ui.scripted import MAGNITUDE, SINE, STARTING, ScriptedSession, visit
from tests.ui.scripts import DEEP, EARLIER, FAILED, SMALL

MANY = replace(
    MAGNITUDE,
    replicas=40,
    outcomes={"solved": 20, "learning": 20},
    outcome_codes=("solved", "learning") * 20,
)
SHOWN = (
    SINE,
    STARTING,
    replace(SINE, state="paused"),
    replace(SINE, past=Past(place=5, pictures=11, last=12_000, marks=((1, "command"), (8, "death")))),
    replace(MAGNITUDE, deaths=(OVER_TWO, OVER_ONE)),
    MANY,
    SMALL,
    DEEP,
    FAILED,
    EARLIER,
)
SNAPSHOTS = [replace(snapshot, run=run) for run, snapshot in enumerate(SHOWN, 1)]
EVERY = 25
"""Inputs from one picture to the next."""
LAST = 12
"""Inputs that are told where one ends the program."""


class Storm:
    """Feeds an open app as a terminal would."""

    def __init__(self, seed: int, app: PeriodicApp, pilot: Pilot[None]) -> None:
        self._chance, self._app, self._pilot = random.Random(seed), app, pilot
        self._parser = XTermParser()
        self._inputs = random_inputs(self._chance)
        self.last: deque[Input] = deque(maxlen=LAST)

    async def rage(self, count: int) -> None:
        """So many inputs; ends where the app has."""
        for number, given in enumerate(islice(self._inputs, count)):
            self.last.append(given)
            self._give(given)
            if number % EVERY == 0:
                self._show(self._chance.choice(SNAPSHOTS))
            for _ in range(self._chance.choice((0, 1, 5, 30))):
                await asyncio.sleep(0)
            if self._chance.random() < 0.1:
                await self._pilot.pause()
            if not self._app.is_running or self._app._exception:
                return
        await self._pilot.pause()

    def _give(self, given: Input) -> None:
        driver = self._app._driver
        assert isinstance(driver, HeadlessDriver)
        if given.size:
            size = driver._size = Size(*given.size)
            self._app.post_message(Resize(size, size))
        for message in [*self._parser.feed(given.text), *self._parser.tick()] if given.text else ():
            driver.process_message(message)

    def _show(self, snapshot: Snapshot) -> None:
        assert isinstance(self._app.session, ScriptedSession)
        assert self._app.dashboard
        self._app.session.snapshot = snapshot
        self._app.dashboard.poll()


def storm(seed: int, count: int) -> None:
    """Raises what ended the app, with the seed and the last inputs."""
    last: deque[Input] = deque()

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        nonlocal last
        raging = Storm(seed, app, pilot)
        last = raging.last
        await raging.rage(count)
        assert app.is_running or app.return_code == 0, "it neither runs nor was left by a click on quit"

    try:
        visit(ScriptedSession(SINE), act, tooltips=True)
    except BaseException as problem:
        problem.add_note(f"seed {seed}; the last inputs: " + ", ".join(given.what for given in last))
        raise


@pytest.mark.parametrize("seed", range(3))
def test_no_input_ends_the_app(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where pictures are exported to
    storm(seed, 300)
