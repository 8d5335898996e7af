from dataclasses import replace

import numpy as np
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import ClockFace
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.clock import ClockPane, crossed_out, hands, right_seconds, shown_second
from tests.ui.scripted import SINE, ScriptedSession, framed, placed, rows_of, visit

TRUE = np.array([[56.0, 34.0, 12.0], [57.0, 34.0, 12.0], [58.0, 34.0, 12.0]])
WRONG = np.array([[56.0, 34.0, 12.0], [57.0, 33.0, 12.0], [np.nan, 34.0, 12.0]])
FACE = ClockFace(1_000, TRUE, WRONG)
CLOCK = replace(SINE, clock=FACE)


def test_digits_are_written_from_hour_to_second() -> None:
    assert [hands(row) for row in WRONG] == ["12:34:56", "12:33:57", "12:34:--"]
    assert right_seconds(FACE).tolist() == [True, False, False]
    assert [at for at, sign in enumerate(crossed_out(TRUE[1], WRONG[1])) if sign != " "] == [13]


def test_the_second_is_that_of_the_wall() -> None:
    assert [shown_second(FACE, now) for now in (999.9, 1_000.0, 1_001.9, 5_000.0)] == [0, 0, 1, 2]


def clock_of(app: PeriodicApp) -> ClockPane:
    assert app.dashboard
    pane = app.dashboard.panes["clock"]
    assert isinstance(pane, ClockPane)
    return pane


def test_both_clocks_tick_with_the_wall_without_a_new_snapshot() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        pane = clock_of(app)
        before = rows_of(app)
        pane.wall = lambda: 1_001.0
        pane._tick()
        await pilot.pause()
        after = rows_of(app)
        assert before != after
        assert any("12:34:58" in row and "12:34:--" in row and "×" in row for row in after)

    visit(ScriptedSession(CLOCK), act)


def test_a_paused_clock_stands_still() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        pane = clock_of(app)
        pane.wall = lambda: 1_001.0
        before = rows_of(app)
        pane._tick()
        await pilot.pause()
        assert rows_of(app) == before

    visit(ScriptedSession(replace(CLOCK, state="paused")), act)


def test_where_there_is_little_room_the_seconds_are_told_in_small_digits() -> None:
    rows = framed(ClockPane, replace(CLOCK, state="paused"), size=(40, 10))
    assert any("12:34:56  12:34:56  =" in row for row in rows)
    assert any("12:34:57  12:33:57  ×" in row for row in rows)


def test_the_border_counts_the_seconds_that_are_right() -> None:
    assert "1 of 3 seconds right" in framed(ClockPane, CLOCK)[-1]
    assert "clock" in placed(CLOCK)
    assert "clock" not in placed(SINE)
