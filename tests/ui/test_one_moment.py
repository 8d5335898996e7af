"""Everything on the screen belongs to the same run and step, at every update of the terminal."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from periodic_tui.engine.snapshot import ClockFace, Event, Fit, Landscape, Layer, Snapshot, Verdict
from periodic_tui.plotting.cells import Cells
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.widgets.pane import Pane
from tests.pty.emulator import Emulator
from tests.ui.scripted import MAGNITUDE, SINE, ScriptedSession, drawn, put, rows_of, visit

MOMENT = re.compile(r"(?:hidden\.|probe 0\.|± ?|step +|moment )(\d{3})(?!\d)")
"""Where a figure tells the step of its picture: header, loss, fit, units, verdict and events."""


def at(step: int, like: Snapshot, **changes: object) -> Snapshot:
    """A snapshot that tells its step, of three digits, in header and panes."""
    told, x = f"moment {step}", np.linspace(-step, step, 50)
    fit = Fit(x, np.sin(x)[:, None], np.cos(x)[:, None], "curves", ((-step, step),), (-step, step))
    return replace(
        like,
        run=step // 10,
        preset=f"preset-{step}",
        step=step,
        loss=step / 1_000,
        fit=fit if like is SINE else like.fit,
        layers=tuple(replace(layer, name=f"hidden.{step}") for layer in like.layers),
        verdict=Verdict("learning", told, short=told, step=step),
        events=(Event(step, told),),
        **changes,  # type: ignore[arg-type]
    )


_CLOCK = ClockFace(0, np.zeros((3, 3)), np.ones((3, 3)))
_LINE = np.linspace(0, 31, 20)
SESSION = (
    at(101, SINE),
    at(102, SINE),
    at(201, MAGNITUDE),
    at(202, MAGNITUDE, landscape=Landscape(_LINE, _LINE, _LINE, _LINE, 1.0)),
    at(301, SINE, clock=_CLOCK),
    at(401, MAGNITUDE, replicas=3, outcome_codes=("learning",) * 3, outcomes={"learning": 3}),
    at(402, replace(MAGNITUDE, layers=(Layer("hidden.0", np.ones(40)), Layer("hidden.1", np.zeros(9)))), story=""),
    at(501, replace(SINE, omega=np.empty(0), answer=np.empty(0))),
    at(502, SINE, must_show=("landscape",)),
)


class Watched:
    """A terminal behind an app: the screen after each update."""

    def __init__(self, app: PeriodicApp, size: tuple[int, int]) -> None:
        self.app, self.terminal = app, Emulator(*size, lambda answer: None)
        self.screens: list[list[str]] = []
        self._show = app._display
        vars(app)["_display"] = self.display
        app.screen.refresh()

    def display(self, screen: Screen[object], update: object) -> None:
        """In the place of the app's own."""
        if update is not None and not self.app._batch_count:
            self.terminal.feed(update.render_segments(self.app.console).encode())  # type: ignore[attr-defined]
            self.screens.append(self.terminal.display)
        self._show(screen, update)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("order", [1, -1])
def test_one_update_takes_the_screen_from_one_snapshot_to_the_next(size: tuple[int, int], order: int) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("space")
        watched = Watched(app, size)
        await drawn(app, pilot)
        for snapshot in SESSION[::order] * 2:
            before = watched.terminal.display
            watched.screens.clear()
            after = await put(app, pilot, snapshot)
            assert watched.terminal.display == after
            assert [rows for rows in watched.screens if rows not in (before, after)] == []
            assert moments(after) == {snapshot.step}

    visit(ScriptedSession(SESSION[-1]), act, size)


def moments(rows: Sequence[str]) -> set[int]:
    """The steps that the figures on the screen tell."""
    return {int(step) for step in MOMENT.findall("\n".join(rows))}


def test_keys_between_pictures_show_no_pane_of_another_moment() -> None:
    size = (120, 40)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        watched = Watched(app, size)
        await drawn(app, pilot)
        for snapshot in SESSION:
            for key in ("z", "tab", "escape", "h", "g", "h"):
                await pilot.press(key)
            await put(app, pilot, snapshot)
        assert len(watched.screens) > 50
        mixed = [rows for rows in watched.screens if len(moments(rows)) != 1]
        assert mixed == [], "\n".join(mixed[0])

    visit(ScriptedSession(SESSION[0]), act, size)


def test_a_pane_without_a_place_costs_nothing_and_is_drawn_of_the_present_snapshot_when_it_is_shown() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        dashboard = app.dashboard
        assert dashboard is not None
        await pilot.press("z")
        pictures: list[str] = []

        def noted(pane: Pane) -> Cells:
            pictures.append(pane.NAME)
            return type(pane).picture(pane)

        for pane in dashboard.panes.values():
            vars(pane)["picture"] = partial(noted, pane)
        for snapshot in SESSION[:2]:
            await put(app, pilot, snapshot)
        assert set(pictures) == {"fit"}
        await pilot.press("z")
        await drawn(app, pilot)
        assert moments(rows_of(app)) == {SESSION[1].step}

    visit(ScriptedSession(at(100, SINE)), act)


def test_the_session_is_told_which_run_is_on_the_screen() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        watched = Watched(app, (120, 40))
        seen: list[bool] = []

        def told(snapshot: Snapshot) -> None:
            seen.append(bool(watched.screens) and moments(watched.screens[-1]) == {SESSION[2].step})
            session.runs_drawn.append(snapshot.run)

        vars(session)["drawn"] = told
        await put(app, pilot, SESSION[2])
        assert session.runs_drawn[-1] == SESSION[2].run
        assert seen[-1]

    session = ScriptedSession(SESSION[0])
    visit(session, act)
    assert SESSION[0].run in session.runs_drawn


def test_what_was_measured_is_drawn_once() -> None:
    drawn: list[str] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        dashboard = app.dashboard
        assert dashboard is not None
        for pane in dashboard.panes.values():
            pane.redraw = partial(drawn.append, pane.NAME)  # type: ignore[method-assign]
        await put(app, pilot, replace(SINE, picture=8, state="paused", pace=3.0))
        assert drawn == ["clock"]
        assert "paused" in rows_of(app)[0]
        await put(app, pilot, replace(SINE, picture=9))
        assert set(drawn) == set(dashboard.panes)

    visit(ScriptedSession(replace(SINE, picture=8)), act)
