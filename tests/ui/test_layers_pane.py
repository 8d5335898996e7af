"""The layers of a script's network, and the units of the one that was chosen."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from textual.pilot import Pilot

from periodic_tui.plotting.cells import Glyphs, Ink
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.layers.pane import LayersPane
from periodic_tui.ui.panes.layers.table import fitted, share, size, table
from tests.ui.scripted import MAGNITUDE, ScriptedSession, framed, put, rows_of, show, visit
from tests.ui.scripts import DEEP, SCRIPT, SMALL, network

SIZES = [(80, 24), (120, 40), (200, 60)]


def head(columns: int, snapshot: object = SMALL) -> list[str]:
    rows = framed(LayersPane, DEEP if snapshot is DEEP else SMALL, (columns, 12))
    return rows[1].strip("│ ").split()


@pytest.mark.parametrize("screen", SIZES)
@pytest.mark.parametrize("glyphs", get_args(Glyphs))
def test_every_layer_has_a_row_on_every_screen(screen: tuple[int, int], glyphs: Glyphs) -> None:
    rows = show(SMALL, size=screen, glyphs=glyphs)
    start = next(n for n, row in enumerate(rows) if "layers" in row)
    table = [row.strip("│| ").split() for row in rows[start + 2 : start + 7]]
    assert [row[:3] for row in table] == [
        ["0", "Linear", "50"], ["1", "ReLU", "50"], ["2", "Linear", "10"], ["3", "ReLU", "10"], ["4", "Linear", "10"],
    ]  # fmt: skip
    assert table[1][3:5] == ["25", "%"]
    assert "1.2e-04" in table[0]


def test_figures_that_no_layer_has_take_no_room() -> None:
    assert head(118) == ["layer", "kind", "shape", "dead", "|gradient|", "update÷weight"]
    saturated = replace(SMALL.network, saturated=np.zeros(5))
    rows = framed(LayersPane, replace(SMALL, network=saturated), (118, 12))
    assert "saturated" in rows[1]


def test_what_is_not_finite_is_shown() -> None:
    blown = replace(SMALL.network, gradient=np.full(5, np.inf))
    rows = framed(LayersPane, replace(SMALL, network=blown), (118, 12))
    assert "|gradient|" in rows[1]
    assert " inf " in rows[2]


@pytest.mark.parametrize(
    ("columns", "left"),
    [
        (90, ["layer", "kind", "shape", "dead", "|gradient|", "update÷weight"]),
        (78, ["layer", "kind", "shape", "dead", "|grad|", "upd÷w"]),
        (60, ["layer", "kind", "dead", "|grad|", "upd÷w"]),
        (44, ["layer", "dead", "|grad|", "upd÷w"]),
    ],
)
def test_trends_give_way_first_then_shapes_then_kinds(columns: int, left: list[str]) -> None:
    assert head(columns, DEEP) == left


@pytest.mark.parametrize("columns", range(20, 130, 7))
@pytest.mark.parametrize("glyphs", get_args(Glyphs))
def test_no_figure_is_ever_cut(columns: int, glyphs: Glyphs) -> None:
    wide = columns if columns > 40 else 41
    cells = table(DEEP.network, range(3), 1, wide, glyphs)
    assert all(row.count("1.2e-04") == 1 for row in (cells.text()[1], cells.text()[2]))
    assert cells.columns == wide
    assert all(GLYPH_SETS[glyphs].holds(character) for row in cells.text() for character in row)


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (40, "encoder.blocks.10.feed_forward.act"),
        (30, "e.blocks.10.feed_forward.act"),
        (26, "e.b.10.feed_forward.act"),
        (12, "e.b.10.f.act"),
        (8, "…0.f.act"),
    ],
)
def test_of_a_long_name_the_first_parts_become_letters(room: int, shown: str) -> None:
    assert fitted("encoder.blocks.10.feed_forward.act", room, "braille") == shown
    assert fitted("encoder.blocks.10.feed_forward.act", room, "ascii") == shown.replace("…", "~")


def test_of_a_long_kind_the_begin_is_kept_and_a_shape_that_was_not_seen_is_a_dot() -> None:
    odd = network(["a", "b"], ["NonDynamicallyQuantizableLinear", "ReLU"], ["", "3"])
    first, second = table(odd, range(2), None, 60, "braille").text()[1:]
    assert first.split()[:3] == ["a", "NonDynamicall…", "·"]
    assert second.split()[:3] == ["b", "ReLU", "3"]


def test_half_a_layer_dead_is_trouble_and_what_is_not_known_is_a_dot() -> None:
    cells = table(SMALL.network, range(5), None, 118, "braille")
    column = cells.text()[0].index("dead")
    inks = [Ink(cells.ink[1 + row, column + 4]) for row in range(5)]
    assert inks == [Ink.QUIET, Ink.TEXT, Ink.QUIET, Ink.TROUBLE, Ink.QUIET]
    assert [cells.text()[1 + row][column : column + 5].strip() for row in range(5)] == ["·", "25 %", "·", "75 %", "·"]


def test_figures_keep_their_width() -> None:
    nan = float("nan")
    assert [share(value) for value in (nan, 0.0, 1e-3, 0.015, 0.999, 1.0)] == [
        "·",
        "0 %",
        "<1 %",
        "2 %",
        ">99 %",
        "100 %",
    ]
    shown = [size(value) for value in (nan, 0.0, 1.23e-10, 0.0123, 1.0, 123.0, 1e4, np.inf, 1e-300)]
    assert shown == ["·", "0", "1.2e-10", "0.012", "1", "1.2e+02", "1.0e+04", "inf", "1.0e-300"]


def test_the_arrows_choose_a_layer_and_its_units_are_shown() -> None:
    chosen = show(SMALL, "down", "down", size=(120, 40))
    assert any("▶ 1 " in row for row in chosen)
    units = [row[61:] for row in chosen[2:12]]
    assert "1         ╳■■◆◆■■╳" in units[1]
    assert not any(unit.startswith("3 ") for unit in units)
    assert any("unit 0 · dead · layer 1" in unit for unit in units)
    assert any("neither weights nor curves are kept" in unit for unit in units)


def test_a_layer_without_units_says_so_and_escape_shows_all_again() -> None:
    assert any("0 has no units to be seen; activations have them" in row for row in show(SMALL, "down"))
    rows = show(SMALL, "down", "escape")
    assert not any("▶" in row or "has no units" in row for row in rows)


@pytest.mark.parametrize("screen", SIZES)
def test_hundreds_of_layers_scroll(screen: tuple[int, int]) -> None:
    last, names = DEEP.network.names[-1], DEEP.network.names
    assert any(f"▶ {last}" in row for row in show(DEEP, "end", size=screen))
    assert any(f"▶ {names[0]}" in row for row in show(DEEP, "end", "home", size=screen))
    rows = show(DEEP, "pagedown", "pagedown", "up", size=screen)
    [marked] = [row for row in rows if "▶" in row]
    assert names.index(marked.split("▶")[1].split()[0]) > 3
    assert any(" of 120 layers" in row for row in rows)


def test_what_is_not_seen_is_said() -> None:
    blind = replace(SMALL, script=replace(SCRIPT, unseen=("torch.compile hides what is inside net",)))
    assert any("not seen: torch.compile hides what is inside net" in row for row in show(blind))
    deep = replace(DEEP, script=blind.script)
    assert any("1 thing not seen" in row for row in show(deep))


def test_of_very_many_units_those_of_one_layer_are_shown() -> None:
    rows = show(DEEP)
    assert any("512 units" in row for row in rows)
    assert not any("512 units ·" in row for row in rows)


def test_another_run_forgets_the_choice() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("down")
        await pilot.pause()
        assert app.dashboard
        assert app.dashboard.chosen_layer == "0"
        await put(app, pilot, replace(SMALL, run=2))
        assert app.dashboard.chosen_layer == ""
        await put(app, pilot, replace(MAGNITUDE, run=3))
        assert any("hidden.0" in row for row in rows_of(app))

    visit(ScriptedSession(SMALL), act)
