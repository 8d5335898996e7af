"""What the mouse does: it chooses, zooms, pans and tells, and costs nothing where it merely moves."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import numpy as np
import pytest
from textual.app import App
from textual.events import MouseMove, MouseScrollDown, MouseScrollUp
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.widgets import OptionList

from periodic_tui.engine.snapshot import Event, Landscape, Snapshot
from periodic_tui.plotting.frame import Frame
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.glossary import PANES, UNITS, VERDICTS, WORDS
from periodic_tui.ui.keys import tooltip_of
from periodic_tui.ui.panes.events import EventsPane
from periodic_tui.ui.panes.layers.pane import LayersPane
from periodic_tui.ui.screens.replay import Replay
from periodic_tui.ui.widgets.header import Header
from periodic_tui.ui.widgets.key_line import KeyLine
from periodic_tui.ui.widgets.pane import Pane
from periodic_tui.ui.widgets.plot_pane import PlotPane
from tests.ui.deaths import OVER_ONE
from tests.ui.scripted import MAGNITUDE, SINE, ScriptedSession, drawn, rows_of, visit
from tests.ui.scripts import DEEP

Act = Callable[[PeriodicApp, Pilot[None], Pane], Awaitable[None]]
MANY = replace(
    MAGNITUDE,
    replicas=40,
    outcomes={"solved": 20, "learning": 20},
    outcome_codes=("solved", "learning") * 20,
)


def ground_of(pane: Pane) -> Frame:
    """The frame of its plot."""
    assert isinstance(pane, PlotPane)
    assert pane.ground
    return pane.ground


def in_pane(snapshot: Snapshot, name: str, act: Act, tooltips: bool = False) -> ScriptedSession:
    """Act on one pane of the dashboard; returns the session, which knows what was asked of it."""
    session = ScriptedSession(snapshot)

    async def found(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        await pilot.press("tab", "escape")
        await act(app, pilot, app.dashboard.panes[name])
        await drawn(app, pilot)

    visit(session, found, tooltips=tooltips)
    return session


def place_of(pane: Pane, text: str) -> Offset:
    """Where a text begins in a pane."""
    for row, line in enumerate(pane.picture().text()):
        if text in line:
            return Offset(line.index(text), row)
    raise AssertionError(f"{text!r} is not in {pane.NAME}")


def test_a_click_on_a_unit_shows_it_in_detail() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        dead = place_of(pane, "╳")
        await pilot.hover(pane, dead)
        assert str(pane.tooltip) == f"hidden.0 unit 2 · dead: {UNITS['dead']}"
        await pilot.click(pane, offset=dead)
        assert pane.has_focus

    assert in_pane(MAGNITUDE, "units", act).views[-1].unit == (0, 2)


def test_a_click_on_a_replica_has_all_panes_show_it() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        third = place_of(pane, "■") + Offset(2 * 3, 0)
        await pilot.hover(pane, third)
        assert str(pane.tooltip) == f"replica 3 · learning: {VERDICTS['learning']}"
        await pilot.click(pane, offset=third)

    assert in_pane(MANY, "population", act).views[-1].focus == 3


def test_a_click_on_a_layer_chooses_it() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        name = DEEP.network.names[4]
        await pilot.click(pane, offset=place_of(pane, name))
        await pilot.pause()
        assert app.dashboard
        assert app.dashboard.chosen_layer == name

    in_pane(DEEP, "layers", act)


def test_a_click_on_an_event_chooses_it_and_a_double_click_goes_to_it() -> None:
    events = (*SINE.events[:1], Event(2, OVER_ONE.text, death=OVER_ONE.number), *SINE.events[1:])

    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        assert isinstance(pane, EventsPane)
        death = place_of(pane, "unit 3 of hidden.0 died")
        await pilot.click(pane, offset=death)
        await pilot.pause()
        assert pane.cursor == 1
        await pilot.double_click(pane, offset=place_of(pane, "unit 3 of hidden.0 died"))
        await pilot.pause()
        assert isinstance(app.screen, Replay)

    in_pane(replace(MAGNITUDE, events=events, deaths=(OVER_ONE,)), "events", act)


def test_nothing_lies_outside_a_pane_that_has_moved_from_under_the_pointer() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        for place in (Offset(0, 0), Offset(119, 39), Offset(500, 300)):
            app.mouse_position = place
            for each in app.dashboard.panes.values() if app.dashboard else ():
                assert each.region.contains_point(place) or each.tooltip is None

    in_pane(SINE, "events", act)


def test_a_click_in_the_list_loads_a_preset() -> None:
    session = ScriptedSession(SINE)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("l")
        await pilot.pause()
        rows = rows_of(app)
        row = next(row for row, text in enumerate(rows) if "ln-collapse" in text)
        await pilot.click(offset=(rows[row].index("ln-collapse"), row))
        await pilot.pause()
        assert not app.screen.query(OptionList)

    visit(session, act)
    assert session.sent == ["load:ln-collapse"]


def wheel(app: App[None], pane: Pane, column: int, up: bool) -> None:
    """Turn the wheel over a column of a pane's middle row."""
    x, y = pane.region.x + column, pane.region.y + pane.region.height // 2
    kind = MouseScrollUp if up else MouseScrollDown
    app.post_message(kind(None, x, y, 0, 0, 0, False, False, False, x, y))


@pytest.mark.parametrize("up", [True, False])
def test_the_wheel_zooms_about_the_pointer(up: bool) -> None:
    share: list[float] = []

    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        ground = ground_of(pane)
        column = ground.columns // 4
        share.append(column / (ground.columns - 1))
        wheel(app, pane, 1 + ground.column + column, up)
        await pilot.pause()
        await pilot.pause()

    window = in_pane(SINE, "fit", act).views[-1].window
    assert window
    low, high = window
    assert high - low == pytest.approx(0.5 if up else 2.0)
    pointed = share[0] - 0.5
    assert low + share[0] * (high - low) == pytest.approx(pointed)


def test_the_wheel_shows_the_landscape_near_the_answer_and_all_of_it() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        wheel(app, pane, 20, up=True)
        await pilot.pause()
        wheel(app, pane, 20, up=False)
        await pilot.pause()

    x = np.linspace(-40, 40, 9)
    scape = Landscape(x, np.ones(9), np.sin(x), np.cos(x), 0.53, 1.0, 0.5)
    views = in_pane(replace(SINE, landscape=scape), "landscape", act).views
    assert [view.near for view in views[-2:]] == [True, False]


@pytest.mark.parametrize(("snapshot", "name", "chosen"), [(SINE, "events", [1, 1, 0]), (DEEP, "layers", [0, 1, 0])])
def test_the_wheel_goes_through_what_is_listed(snapshot: Snapshot, name: str, chosen: list[int]) -> None:
    places: list[int | None] = []

    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        for up in (False, False, True):
            wheel(app, pane, 10, up=up)
            await pilot.pause()
            await pilot.pause()
            assert isinstance(pane, EventsPane | LayersPane)
            places.append(pane.cursor)

    in_pane(snapshot, name, act)
    assert places == chosen


def moved(app: App[None], x: int, y: int, button: int, by: int = 0) -> None:
    """The mouse comes to a cell of the screen."""
    app.post_message(MouseMove(None, x, y, by, 0, button, False, False, False, x, y))


def test_a_drag_pans_and_ends_where_the_button_comes_up() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        ground = ground_of(pane)
        row = pane.region.height // 2
        begun = 1 + ground.column + ground.columns // 2
        await pilot.mouse_down(pane, offset=(begun, row))
        for by in (5, 10):
            moved(app, pane.region.x + begun - by, pane.region.y + row, 1, -5)
        moved(app, pane.region.x + begun, pane.region.y + row, 0, 10)
        moved(app, pane.region.x + begun + 5, pane.region.y + row, 1, 5)
        await pilot.pause()
        windows.append(10 / ground.columns)

    windows: list[float] = []
    window = in_pane(SINE, "fit", act).views[-1].window
    assert window == pytest.approx((-0.5 + windows[0], 0.5 + windows[0]))


def test_the_last_row_tells_what_its_keys_do() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        line = app.screen.query_one(KeyLine)
        await pilot.hover(line, (2, 0))
        assert str(line.tooltip) == tooltip_of("send('toggle-pause')")

    in_pane(SINE, "fit", act)


@pytest.mark.parametrize(("text", "word"), [("571k steps/s", "steps/s"), ("eager", "eager"), ("seed 3", "seed")])
def test_the_header_tells_what_its_figures_are(text: str, word: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        header = app.screen.query_one(Header)
        lines = header.picture().text()
        row = next(row for row, line in enumerate(lines) if text in line)
        await pilot.hover(header, (lines[row].index(text), row))
        assert str(header.tooltip) == f"{word}: {WORDS[word]}"

    in_pane(SINE, "fit", act)


def test_a_title_tells_what_its_pane_shows_and_a_tip_is_seen_where_the_pointer_rests() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        await pilot.hover(pane, (4, 0))
        assert str(pane.tooltip) == PANES["fit"]
        while not any("the target and what the network" in row for row in rows_of(app)):
            await pilot.pause(0.05)

    in_pane(SINE, "fit", act, tooltips=True)


def test_a_mouse_that_merely_moves_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    async def act(app: PeriodicApp, pilot: Pilot[None], pane: Pane) -> None:
        assert app._driver
        await pilot.pause()
        monkeypatch.setattr(app._driver, "write", written.append)
        for column in range(2, pane.region.width - 2, 3):
            await pilot.hover(pane, (column, pane.region.height // 2))
        await pilot.pause(app.TOOLTIP_DELAY + 0.1)

    in_pane(SINE, "loss", act, tooltips=True)
    assert written == []
