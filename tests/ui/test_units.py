from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from textual.geometry import Size
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import Layer, Snapshot, UnitCurve
from periodic_tui.plotting.cells import Glyphs, Ink
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.panes.units.detail import detail_lines, unit_detail
from periodic_tui.ui.panes.units.drawing import unit_picture
from periodic_tui.ui.panes.units.grid import LABEL, grid_rows, moved, row_of, unit_rows
from periodic_tui.ui.panes.units.looks import LOOKS, key_row, states, totals
from periodic_tui.ui.panes.units.pane import UnitsPane
from tests.ui.deaths import OVER_ONE, OVER_TWO
from tests.ui.scripted import MAGNITUDE, ScriptedSession, drawn, framed, put, rows_of, show, views, visit

PAIR = Layer(
    "hidden.0",
    np.array([0.5, 0.1, 0.0]),
    dead=(2,),
    certified=(2,),
    incoming=np.array([[1.0, -2.0], [0.25, 0.5], [0.0, 0.0]]),
    bias=np.array([0.5, 0.0, -1.0]),
    outgoing=np.array([[3.0, -1.0, 0.0]]),
)
SMALL = replace(MAGNITUDE, layers=(PAIR, Layer("hidden.1", np.ones(2))))
WIDE = replace(MAGNITUDE, layers=tuple(Layer(f"hidden.{n}", np.ones(512)) for n in range(2)))
TO_UNITS = "shift+tab"


def test_every_unit_stands_in_one_row() -> None:
    rows = grid_rows(WIDE.layers, 100)
    units = [(row.layer, row.first + n) for row in rows for n in range(row.units)]
    assert units == [(layer, unit) for layer in range(2) for unit in range(512)]
    assert max(row.units * row.step for row in rows) <= 100 - LABEL


def test_the_cursor_walks_over_layers_and_stays_on_the_grid() -> None:
    rows = grid_rows(SMALL.layers, 40)
    assert moved(rows, (0, 0), 1, 0) == (0, 1)
    assert moved(rows, (0, 2), 1, 0) == (0, 2)
    assert moved(rows, (0, 2), 0, 1) == (1, 1)
    assert moved(rows, (1, 1), 0, 1) == (1, 1)
    assert moved(rows, (0, 0), -1, -1) == (0, 0)
    assert row_of(rows, (1, 0)) == 1


def test_units_that_seldom_react_are_pale_and_the_dead_for_good_stand_apart() -> None:
    cells = unit_picture(SMALL.layers, grid_rows(SMALL.layers, 40), (40, 2), (1, 0), True, "braille")
    inks = [Ink(cells.ink[0, LABEL + 4 * n]) for n in range(3)]
    assert inks == [Ink.NETWORK, Ink.PALE, Ink.TROUBLE]
    assert cells.text()[0].split() == ["hidden.0", "■", "■", "╬"]
    assert Ink(cells.ink[1, LABEL]) == Ink.MARK


def test_the_detail_tells_weights_bias_and_share_of_the_probe() -> None:
    assert detail_lines(SMALL, (0, 0), 58) == [
        "hidden.0 unit 0 · alive",
        "active on 2,048 of 4,096",
        "w (+1, -2)  b +0.5  out +3",
    ]
    assert detail_lines(SMALL, (0, 2), 58)[:2] == ["hidden.0 unit 2 · dead for good", "active on 0 of 4,096"]
    many = replace(PAIR, incoming=np.ones((3, 512)))
    assert "w (+1, +1, +1, +1, …)" in detail_lines(replace(SMALL, layers=(many,)), (0, 0), 58)[2]


@pytest.mark.parametrize(("width", "told"), [(70, 6), (58, 6), (57, 5), (38, 3), (16, 1), (0, 0)])
def test_every_shape_in_the_key_has_its_meaning(width: int, told: int) -> None:
    layer = replace(PAIR, activity=np.ones(8), certified=(0,), dead=(0, 1), mute=(2,), linear=(3,), duplicate=((4, 5),))
    row = key_row([layer], width, "braille").text()[0].split()
    shapes = [word for word in row if len(word) == 1]
    assert len(shapes) == told
    assert not row or len(row[-1]) > 1


def test_no_weight_of_the_detail_is_cut() -> None:
    fine = replace(PAIR, incoming=np.full((3, 2), -0.12345), bias=np.full(3, 0.41823), outgoing=np.full((1, 3), 0.5678))
    assert detail_lines(replace(SMALL, layers=(fine,)), (0, 0), 38)[2] == "w (-0.12, -0.12)  b +0.42  out +0.57"


def test_the_totals_are_told_layer_by_layer() -> None:
    assert totals(SMALL.layers, 60) == "3 units, 1 dead · 2 units"
    assert totals((Layer("hidden.0", np.ones(3), duplicate=((0, 1),)),), 60) == "3 units, 1 pair"


def test_many_pairs_are_a_number_and_never_break_the_line() -> None:
    crowd = Layer("hidden.0", np.ones(1_512), dead=(3,), duplicate=tuple((n, n + 1) for n in range(1_188)))
    assert totals((crowd, crowd), 80) == "1,512 units, 1 dead, 1,188 pairs · 1,512 units, 1 dead, 1,188 pairs"
    assert totals((crowd, crowd), 50) == "1,512 units, 1 dead · 1,512 units, 1 dead"


def test_red_is_for_the_dead_alone_and_every_state_has_a_shape_in_ascii_too() -> None:
    assert {state for state, (_, ink) in LOOKS.items() if ink == Ink.TROUBLE} == {"dead", "certified"}
    for glyphs in get_args(Glyphs):
        assert len({plain(shape, glyphs) for shape, _ in LOOKS.values()}) == len(LOOKS)


def test_the_cursor_leaves_a_dead_unit_red() -> None:
    cells = unit_picture(SMALL.layers, grid_rows(SMALL.layers, 40), (40, 2), (0, 2), True, "braille")
    assert [Ink(ink) for ink in cells.ink[0, LABEL + 8 : LABEL + 10]] == [Ink.TROUBLE, Ink.MARK]


RELU = np.maximum(np.linspace(-1, 1, 48), 0)
LN = replace(
    MAGNITUDE,
    layers=(
        Layer("hidden.0", np.ones(50)),
        Layer("hidden.1", np.ones(10), dead=(4,), thumbnails=np.stack([RELU] * 10)),
    ),
)
HEX = replace(
    MAGNITUDE,
    layers=(Layer("hidden.0", np.ones(3), dead=(2,), thumbnails=np.stack([np.outer(RELU[::3], RELU[::3])] * 3)),),
)


@pytest.mark.parametrize("focus", [False, True])
def test_units_of_narrow_layers_are_thumbnails_and_those_of_wide_ones_cells(focus: bool) -> None:
    rows = unit_rows(LN.layers, 56, 9 - 2 * focus)
    assert {row.layer for row in rows if row.tile} == {1}
    assert sum(row.height for row in rows) - 1 <= 9 - 2 * focus
    picture = unit_picture(LN.layers, rows, (56, 9), None, True, "braille")
    dead = (picture.ink == Ink.TROUBLE).sum()
    columns, lines = rows[-1].tile or (0, 0)
    assert dead == columns * lines + 1, "the tile, and the mark beside it"
    assert picture.text()[2][LABEL + 4 * rows[-1].step + columns + 1] == "4"


def test_two_inputs_make_maps_as_wide_as_high() -> None:
    [row] = unit_rows(HEX.layers, 56, 10)
    assert row.tile is not None
    assert row.tile[0] == 2 * row.tile[1] >= 10
    marks: dict[Glyphs, str] = {"braille": "╳", "ascii": "X"}
    for glyphs, mark in marks.items():
        assert any(f"{mark} DEAD {mark}" in line for line in framed(UnitsPane, HEX, (58, 12), glyphs))


def test_where_there_is_no_room_for_thumbnails_all_are_cells() -> None:
    assert unit_rows(LN.layers, 56, 4) == grid_rows(LN.layers, 56)
    assert not any("⣀" in line for line in framed(UnitsPane, LN, (40, 10)))


def test_arrows_walk_over_thumbnails_too() -> None:
    rows = unit_rows(LN.layers, 56, 7)
    below = moved(rows, (1, 0), 0, 1)
    assert below == (1, rows[-1].first)
    assert states(LN.layers[1])[4] == "dead"


def test_arrows_choose_the_unit_whose_activation_the_session_sends() -> None:
    asked = [view.unit for view in views(SMALL, TO_UNITS, "right", "down", TO_UNITS)]
    assert asked[-4:] == [(0, 0), (0, 1), (1, 1), None]


def test_a_new_run_begins_at_the_first_unit() -> None:
    session = ScriptedSession(SMALL)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(TO_UNITS, "right")
        await drawn(app, pilot)
        assert any("hidden.0 unit 1" in row for row in rows_of(app))
        rows = await put(app, pilot, replace(SMALL, run=2))
        assert any("hidden.0 unit 0" in row for row in rows)
        assert session.views[-1].unit == (0, 0)

    visit(session, act)


def test_the_cursor_stays_on_a_layer_that_has_become_smaller() -> None:
    session = ScriptedSession(SMALL)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(TO_UNITS, "right", "right")
        session.snapshot = replace(SMALL, layers=(Layer("hidden.0", np.ones(2)),))
        assert app.dashboard is not None
        app.dashboard.poll()
        await pilot.pause(0.05)
        assert any("hidden.0 unit 1" in row for row in rows_of(app))

    visit(session, act)


@pytest.mark.parametrize(("x", "activation"), [(50, np.linspace(0, 1, 50)), (8, np.eye(8))])
def test_the_activation_is_drawn_once_the_session_has_sent_it(x: int, activation: np.ndarray) -> None:
    def detail(snapshot: Snapshot) -> list[str]:
        return unit_detail(snapshot, (0, 0), Size(60, 20), color=True, glyphs="braille").text()

    sent = replace(SMALL, unit=UnitCurve(0, 0, np.linspace(-1, 1, x), activation))
    assert detail(sent) != detail(SMALL)
    other = replace(SMALL, unit=replace(sent.unit, unit=1))
    assert detail(other) == detail(SMALL)


def test_a_thousand_units_fit_on_one_screen_and_scroll_in_a_smaller_pane() -> None:
    assert sum(row.count("■") for row in framed(UnitsPane, WIDE, size=(120, 36))) == 1_024 + 1  # and the key's

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(TO_UNITS)
        await drawn(app, pilot)
        assert any("hidden.0 unit" in row for row in rows_of(app))
        await pilot.press(*["down"] * 60)
        await drawn(app, pilot)
        assert any("hidden.1 unit" in row for row in rows_of(app))

    visit(ScriptedSession(WIDE), act, size=(80, 24))


def test_the_unit_that_dies_now_is_shown_in_detail() -> None:
    died = replace(MAGNITUDE, step=OVER_TWO.step, deaths=(OVER_ONE, OVER_TWO))
    assert any("unit 1 ·" in row for row in show(died))
    assert any("unit 0 ·" in row for row in show(replace(died, step=900)))
