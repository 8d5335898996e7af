"""What a script printed."""

import re
from dataclasses import replace
from typing import get_args

import pytest
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import EMPTY, Snapshot
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.output import grown
from tests.ui.scripted import ScriptedSession, put, rows_of, show, visit
from tests.ui.scripts import SCRIPT, SMALL


def printing(*lines: str) -> Snapshot:
    return replace(SMALL, script=replace(SCRIPT, output=lines))


MANY = tuple(f"line {n}" for n in range(100))


def shown(rows: list[str]) -> list[str]:
    """The lines; on a wide screen the events stand beside them."""
    return [found[0] for row in rows if (found := re.findall(r"^[│|] *(line \d+)", row))]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("glyphs", get_args(Glyphs))
def test_the_last_lines_are_shown(size: tuple[int, int], glyphs: Glyphs) -> None:
    lines = shown(show(printing(*MANY), size=size, glyphs=glyphs))
    assert len(lines) >= 2
    assert lines == list(MANY[-len(lines) :])


@pytest.mark.parametrize("glyphs", get_args(Glyphs))
def test_lines_fill_their_cells_and_long_ones_are_cut(glyphs: Glyphs) -> None:
    rows = show(printing("wide 漢字 and 🚀", "x" * 500), glyphs=glyphs)
    assert any("wide ?? and ?" in row for row in rows)
    assert {len(row) for row in rows} == {120}


TO_OUTPUT = ("tab", "tab")


def test_it_scrolls_back_and_forth() -> None:
    assert shown(show(printing(*MANY), *TO_OUTPUT, "up", "up"))[-1] == "line 97"
    assert shown(show(printing(*MANY), *TO_OUTPUT, "home"))[0] == "line 0"
    rows = show(printing(*MANY), *TO_OUTPUT, "pageup", "pageup", "down")
    assert shown(rows)[-1] == "line 90"
    assert any("9 lines back · end: to the newest" in row for row in rows)
    assert shown(show(printing(*MANY), *TO_OUTPUT, "home", "end"))[-1] == "line 99"


def test_who_scrolled_back_goes_on_reading_while_it_is_printed() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*TO_OUTPUT, "up", "up")
        for more in range(1, 4):
            lines = (*MANY[10 * more :], *(f"line {n}" for n in range(100, 100 + 5 * more)))
            rows = await put(app, pilot, printing(*lines))
            assert shown(rows)[-1] == "line 97"
        await pilot.press("end")
        await pilot.pause()
        assert shown(rows_of(app))[-1] == "line 114"

    visit(ScriptedSession(printing(*MANY)), act)


def test_what_is_printed_between_two_pictures_is_seen() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert shown(await put(app, pilot, printing(*MANY, "line 100")))[-1] == "line 100"

    visit(ScriptedSession(printing(*MANY)), act)


@pytest.mark.parametrize(
    ("lines", "more"),
    [
        (("a", "b", "c", "50%"), 0),
        (("a", "b", "c", "60%"), 0),
        (("a", "b", "c", "done", "e"), 1),
        (("b", "c", "50%", "e", "f"), 2),
        (("x", "y"), 0),
        ((), 0),
    ],
)
def test_new_lines_are_counted_though_old_ones_go(lines: tuple[str, ...], more: int) -> None:
    assert grown(("a", "b", "c", "50%"), lines) == more


def test_where_nothing_is_printed_there_is_no_pane_but_before_the_first_step() -> None:
    assert not any("output" in row for row in show(printing()))
    begun = replace(EMPTY, run=1, story="Waiting.", script=replace(SCRIPT, output=()))
    assert any("nothing was printed yet" in row for row in show(begun))
    assert not any("output" in row for row in show(replace(SMALL, script=replace(SCRIPT, captured=False))))
