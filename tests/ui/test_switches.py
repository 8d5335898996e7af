"""Every switch from one preset to any other in every pane, and some of them on the screen."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise, product

import numpy as np
import pytest
from textual.geometry import Size
from textual.pilot import Pilot

from periodic_tui.engine.runner import Runner
from periodic_tui.engine.snapshot import Fit, Layer, Snapshot, View
from periodic_tui.presets.files import built_in, load
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes import PANES
from periodic_tui.ui.widgets.pane import Pane
from tests.ui.scripted import MAGNITUDE, SINE, ScriptedSession, nowhere, rows_of, visit

NAMES = [name for name, *_ in built_in()]
ASKING = tuple(pane.NAME for pane in PANES if pane.ASKS)


def real(number: int, name: str) -> Snapshot:
    """A preset after three steps, with all that a pane can ask for."""
    runner = Runner(partial(load, overrides=()), *load(name, ()), device="cpu", engine="eager")
    runner._view = View(panes=ASKING, unit=(0, 0), compare=True)
    runner.open()
    runner.advance(3)
    return replace(runner.snapshot(live=True), run=number)


def made(number: int, name: str) -> Snapshot:
    """A picture like none of the presets': so many layers, units, inputs and replicas, or none."""
    kinds: Sequence[dict[str, object]] = (
        {"layers": ()},
        {"layers": tuple(Layer(f"hidden.{n}", np.ones(3 * number + 1)) for n in range(number % 4))},
        {"layers": (), "fit": Fit(), "omega": np.ones(number)},
        {"replicas": number + 1, "outcome_codes": ("learning",) * (number + 1), "outcomes": {"learning": number + 1}},
    )
    like = MAGNITUDE if number % 2 else SINE
    return replace(like, run=number, preset=name, **kinds[number % len(kinds)])  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=[made, real])
def pictures(request: pytest.FixtureRequest) -> list[Snapshot]:
    """One of every preset."""
    return [request.param(number, name) for number, name in enumerate(NAMES, 1)]


def every_pair(count: int) -> Iterator[int]:
    """The shortest way on which each of so many things follows every other and itself: a de Bruijn sequence."""
    for one in range(count):
        yield one
        yield from (each for other in range(one + 1, count) for each in (one, other))
    yield 0


def test_the_way_goes_over_every_pair() -> None:
    way = list(every_pair(22))
    assert sorted(pairwise(way)) == list(product(range(22), repeat=2))


@pytest.mark.parametrize("kind", PANES, ids=lambda kind: kind.NAME)
@pytest.mark.parametrize("size", [Size(56, 12), Size(38, 6), Size(78, 1)], ids=str)
def test_a_pane_draws_any_preset_after_any_other(pictures: list[Snapshot], kind: type[Pane], size: Size) -> None:
    shown = [picture for picture in pictures if kind.is_relevant(picture)]
    with nowhere():
        pane = kind("braille")
        for number in every_pair(len(shown)) if shown else ():
            cells = pane.draw(shown[number], size)
            assert (cells.columns, cells.rows) == size
            pane.figure(shown[number])


def test_a_session_goes_from_preset_to_preset(pictures: list[Snapshot]) -> None:
    """The focus goes from pane to pane, so that each is left behind where the next preset has nothing for it."""

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        dashboard = app.dashboard
        assert dashboard is not None
        await pilot.press("space")
        for turn, snapshot in enumerate(random.Random(31).choices(pictures, k=50)):
            session.snapshot = snapshot
            dashboard.poll()
            assert f" {snapshot.preset} " in rows_of(app)[0]
            assert {pane.snapshot.preset for pane in dashboard.panes.values()} == {snapshot.preset}
            dashboard.show_pane(PANES[turn % len(PANES)].NAME)
            await pilot.pause(0)

    session = ScriptedSession(pictures[0])
    visit(session, act)
