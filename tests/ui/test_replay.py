"""A death on the screen: one moment of it, the film in a screen of its own, and in the units pane."""

import textwrap
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import Death, Snapshot
from periodic_tui.plotting.cells import Cells, Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.plotting.maps import fold_line, zero_lines
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.units import pane as units
from periodic_tui.ui.panes.units.pane import UnitsPane
from periodic_tui.ui.screens import replay
from periodic_tui.ui.screens.replay import Replay
from periodic_tui.ui.widgets.death_frame import IN_BLOCKS, death_frame
from tests.ui.deaths import OVER_ONE, OVER_TWO, TEXT, WITHOUT_PICTURE, plane
from tests.ui.scripted import MAGNITUDE, ScriptedSession, drawn, put, rows_of, visit

NEVER = 1e6
"""Seconds: no timer runs by itself."""


@pytest.fixture(autouse=True)
def virtual_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "PERIOD", NEVER)
    monkeypatch.setattr(units, "PERIOD", NEVER)


def frame(death: Death, number: int, size: tuple[int, int] = (72, 17)) -> Cells:
    return death_frame(death, number, size, color=True)


def test_each_moment_tells_step_share_weights_and_what_pushes() -> None:
    text = "\n".join(frame(OVER_ONE, 1).text())
    for part in (
        "hidden.0 unit 3", "step 1 · 1 before death", "active on 60 % of the probe", "w +0.5  b -0.2",
        "gradient by b +31", "→ next step -0.31", "pre-activation -0.2 to +0.3",
    ):  # fmt: skip
        assert part in text
    assert IN_BLOCKS[0] not in text


def test_only_the_part_above_zero_is_bright_and_the_kink_is_marked() -> None:
    alive, dead = frame(OVER_ONE, 1), frame(OVER_ONE, 2)
    curve = (alive.glyphs >= 0x2800) & (alive.glyphs < 0x2900) & (alive.ink == Ink.NETWORK)
    columns = np.flatnonzero(curve.any(axis=0))
    [kink] = [column for column in np.flatnonzero((alive.glyphs == ord("●")).any(axis=0)) if column < 20]
    assert abs(columns.min() - kink) <= 1
    assert not ((dead.glyphs >= 0x2800) & (dead.glyphs < 0x2900) & (dead.ink == Ink.NETWORK)).any()


def test_a_kink_that_has_left_is_an_arrow_at_its_edge() -> None:
    zero = next(row for row in frame(OVER_ONE, 2).text() if row.startswith(" 0┤"))
    assert zero[:40].rstrip().endswith("→")
    zero = next(row for row in frame(OVER_ONE, 0).text() if row.startswith(" 0┤"))
    assert zero[3] == "←"


def test_the_dead_moment_says_so_in_large_letters_with_its_cause() -> None:
    cells = frame(OVER_ONE, 2)
    text = "\n".join(cells.text())
    assert all(row in text for row in IN_BLOCKS)
    assert "moved b by -0.31" in " ".join(text.split())
    assert "no gradient: nothing moves it" in text
    assert (cells.ink == Ink.TROUBLE).sum() > 20


def test_over_two_inputs_the_fold_line_leaves_the_square() -> None:
    before, dead = frame(OVER_TWO, 0).colors, frame(OVER_TWO, 1).colors
    assert before is not None
    assert dead is not None
    assert np.all(before == 255, axis=-1).sum() > 5
    assert not np.all(dead == 255, axis=-1).any()


def test_the_fold_line_of_a_table_is_that_of_its_plane() -> None:
    moment = plane(0, (0.31, 0.17), -0.0937, 0.5)
    exact = zero_lines(moment.weights[None], [moment.bias], -3, 3, 20, 10)
    np.testing.assert_array_equal(fold_line(moment.preactivation, 20, 10), exact)


def test_without_a_picture_there_are_the_figures() -> None:
    text = "\n".join(frame(WITHOUT_PICTURE, 0).text())
    assert "hidden.1 unit 1" in text
    assert "step 811" in text


@pytest.mark.parametrize("size", [(38, 5), (38, 7), (38, 8)])
@pytest.mark.parametrize("glyphs", GLYPH_SETS)
@pytest.mark.parametrize("death", [OVER_ONE, OVER_TWO])
def test_a_small_pane_shows_the_picture_beside_its_figures(death: Death, glyphs: Glyphs, size: tuple[int, int]) -> None:
    for number, moment in enumerate(death.film):
        cells = death_frame(death, number, size, color=False, glyphs=glyphs)
        rows = [row.rstrip() for row in cells.text()]
        assert sum(bool(row[: size[0] - 19].strip()) for row in rows) >= 2
        assert rows[0].endswith(f"hidden.0 unit {death.unit}")
        when = "dead" if moment.step == death.step else f"{death.step - moment.step} before death"
        assert any(when in row for row in rows)
        assert not any("…" in row or "~" in row for row in rows)


def test_the_sentence_of_a_death_is_told_in_whole_clauses() -> None:
    told = replace(OVER_ONE, text=f"{TEXT}; {'and so on ' * 40}and its end")
    rows = [row.rstrip() for row in frame(told, 2).text()]
    assert rows[-3:] == [*textwrap.wrap(TEXT, 71), ""]


LONG = replace(
    OVER_TWO,
    step=OVER_TWO.step + 123_000,
    film=tuple(replace(one, step=one.step + 123_000, weights=np.full(9, -0.0716)) for one in OVER_TWO.film),
)


@pytest.mark.parametrize("size", [(72, 17), (56, 10), (38, 8)])
def test_no_figure_is_cut(size: tuple[int, int]) -> None:
    for death, number in ((LONG, 0), (OVER_TWO, 0), (OVER_ONE, 1)):
        assert not any(row.rstrip().endswith("…") for row in frame(death, number, size).text())


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (3, 2), (38, 8), (56, 10), (200, 60)])
@pytest.mark.parametrize("death", [OVER_ONE, OVER_TWO, WITHOUT_PICTURE])
def test_any_size_can_be_drawn(death: Death, size: tuple[int, int]) -> None:
    for number in range(len(death.film)):
        cells = frame(death, number, size)
        assert (cells.columns, cells.rows) == size


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_the_replay_plays_to_the_end_and_stands(size: tuple[int, int]) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        screen = Replay(OVER_ONE, "ln-collapse")
        await app.push_screen(screen)
        await pilot.pause()
        seen = []
        for _ in range(4):
            seen.append(next(n for n in range(3) if any(f" step {n} ·" in row for row in rows_of(app))))
            screen.tick()
            await pilot.pause()
        assert seen == [0, 1, 2, 2]
        assert any("moment 3 of 3" in row for row in rows_of(app))
        assert not screen.film.playing
        await pilot.press("enter")
        assert (screen.film.number, screen.film.playing) == (0, True)

    visit(ScriptedSession(MAGNITUDE), act, size)


def test_keys_of_the_replay_stop_turn_and_close_it() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        screen = Replay(OVER_ONE, "ln-collapse")
        await app.push_screen(screen)
        await pilot.press("space")
        screen.tick()
        assert screen.film.number == 0
        await pilot.press("right", "right", "right", "left")
        assert (screen.film.number, screen.film.playing) == (1, False)
        await pilot.press("space")
        screen.tick()
        assert screen.film.number == 2
        await pilot.press("d")
        assert app.screen is app.dashboard

    visit(ScriptedSession(MAGNITUDE), act)


def shown(app: PeriodicApp) -> str:
    return "replay" if any("replay of steps 0–2" in row for row in rows_of(app)) else "units"


def units_of(app: PeriodicApp) -> UnitsPane:
    assert app.dashboard
    pane = app.dashboard.panes["units"]
    assert isinstance(pane, UnitsPane)
    pane.clock = lambda: 0.0
    return pane


DIED = replace(MAGNITUDE, deaths=(OVER_ONE,))


def test_a_death_at_full_speed_is_played_in_the_pane_once() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        pane, seen = units_of(app), []
        await put(app, pilot, DIED)
        for _ in range(9):
            seen.append(shown(app))
            pane.tick()
            await pilot.pause()
        assert seen == ["replay"] * 7 + ["units"] * 2
        await put(app, pilot, replace(DIED, step=5_000))
        assert shown(app) == "units"

    visit(ScriptedSession(MAGNITUDE), act)


@pytest.mark.parametrize(
    "unseen", [replace(DIED, pace=0.5), replace(DIED, deaths=(replace(OVER_ONE, film=()),)), MAGNITUDE]
)
def test_nothing_is_played_where_it_was_slow_enough_to_see_or_there_is_no_film(unseen: Snapshot) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        units_of(app)
        await put(app, pilot, unseen)
        assert shown(app) == "units"

    visit(ScriptedSession(MAGNITUDE), act)


def test_a_flickering_network_is_no_cinema() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        pane, seen = units_of(app), []
        for number, now in enumerate((0.0, 9.0, 11.0)):
            pane.clock = partial(float, now)
            await put(app, pilot, replace(DIED, deaths=(replace(OVER_ONE, number=number),)))
            seen.append(shown(app))
            for _ in range(8):
                pane.tick()
        assert seen == ["replay", "units", "replay"]

    visit(ScriptedSession(MAGNITUDE), act)


@pytest.mark.parametrize("key", ["focus", "run"])
def test_focus_and_a_new_run_leave_the_replay(key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        units_of(app)
        await put(app, pilot, DIED)
        assert shown(app) == "replay"
        if key == "focus":
            await pilot.press("shift+tab")
            await drawn(app, pilot)
        else:
            await put(app, pilot, replace(MAGNITUDE, run=2))
        assert shown(app) == "units"

    visit(ScriptedSession(MAGNITUDE), act)
