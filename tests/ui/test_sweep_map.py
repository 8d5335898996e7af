"""The live map of a sweep, drawn from hand-made results and driven by keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from periodic_tui.engine.errors import Refused
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.screens.help import Help
from periodic_tui.ui.sweep.cell_run import CellRun
from periodic_tui.ui.sweep.map_pane import MapPane
from periodic_tui.ui.sweep.progress import Progress
from periodic_tui.ui.sweep.screen import MapScreen
from tests.ui.swept import (
    HALFWAY,
    HIDDEN,
    RATES,
    SIGNS,
    ScriptedSweep,
    endings_of,
    result,
    rows_of,
    show,
    swept,
    visit,
)

AT_80_BY_24 = """\
 magnitude                     7 of 9 cells   30 s left   1 failed   ● training
 optimizer.lr (3) × model.hidden (3) · 32 seeds a cell · 3,000 steps
╭─ map ────────────────────────────────────────────────────────────────────────╮
│    lr hidden                                                                 │
│ 0.001 ,     0 ,░░░  9 ×▒▒▒ 28                                                │
│  0.01 ×░░░ 25[■▓▓▓ 53]■███100                                                │
│   0.1 failed  ·       ·                                                      │
│       [3]     [4]     [12]                                                   │
│                                                                              │
│ ■ solved   × dead-units   , step-too-small                                   │
│   0, ░ to 25, ▒ to 50, ▓ to 75, █ to 100 % solved                            │
│                                                                              │
│                                                                              │
│                                                                              │
╰───────────────────────────────────── 35.9 % [29.5, 42.9] solved · 192 seeds ─╯
╭─ cell ───────────────────────────────────────────────────────────────────────╮
│ optimizer.lr 0.01 · model.hidden [4] · seeds 5–36                            │
│ 17 of 32 solved, 53 % [36, 69] · half of them by step 2,277                  │
│ ■ 17 solved · × 11 dead-units · + 4 learning                                 │
│ median loss 0.224 · half of the seeds between 0.1 and 0.5                    │
│ 3,000 steps, compiled, in 1.5 s                                              │
│                                                                              │
╰───────────────────────────────────────────────────────────── enter opens it ─╯
 arrows move  enter open  e export  ? help  q quit"""

THREE = Progress(endings_of(swept(RATES, HIDDEN, SIGNS), lambda cell: 6 * sum(cell)), 18, 30.0, "finished")


def test_the_map_at_80_by_24() -> None:
    assert "\n".join(show(HALFWAY, "right", "down")) == AT_80_BY_24


MAP_AT_120_BY_40 = """\
    lr hidden
 0.001 ,             0 ,░░░░░░░░░░░  9 ×▒▒▒▒▒▒▒▒▒▒▒ 28
                       ░░░░░░░░░░░░░░░ ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
                       ░░░░░░░░░░░░░░░ ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
  0.01 ×░░░░░░░░░░░ 25[■▓▓▓▓▓▓▓▓▓▓▓ 53]■███████████100
       ░░░░░░░░░░░░░░░[▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓]███████████████
       ░░░░░░░░░░░░░░░[▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓]███████████████
   0.1 failed          ·               ·


       [3]             [4]             [12]

 ■ solved   × dead-units   , step-too-small
   0, ░ to 25, ▒ to 50, ▓ to 75, █ to 100 % solved"""


def test_the_map_at_120_by_40_has_larger_tiles() -> None:
    rows = show(HALFWAY, "right", "down", size=(120, 40))
    assert len(rows) == 40
    words = "periodic-tui sweep magnitude Three ReLUs 7 of 9 cells 30 s left 1 failed ● training"
    assert " ".join(rows[0].split()) == words
    assert "\n".join(row.strip("│").rstrip() for row in rows[3:17]) == MAP_AT_120_BY_40
    small = AT_80_BY_24.splitlines()
    assert [row.strip("│ ") for row in rows[32:37]] == [row.strip("│ ") for row in small[16:21]]
    assert rows[39] == small[23]


def test_further_keys_are_small_multiples_beside_each_other() -> None:
    rows = show(THREE, axes=(RATES, HIDDEN, SIGNS))
    assert rows[3].split() == ["│", "outgoing=any", "outgoing=positive", "│"]
    assert rows[5] == "│ 0.001[×     0]×░░░ 19 ×▒▒▒ 38    0.001 ×░░░ 19 ×▒▒▒ 38 ■▓▓▓ 56               │"
    assert rows[0].endswith("18 of 18 cells   ● finished")


@pytest.mark.parametrize("size", [(59, 15), (44, 13), (30, 9), (20, 6)])
def test_a_small_screen_shows_the_map_the_cell_and_the_keys(size: tuple[int, int]) -> None:
    rows = show(HALFWAY, size=size)
    text = "\n".join(rows)
    assert max(map(len, rows)) <= size[0]
    assert "0.001[," in text
    assert "optimizer.lr 0.001" in text
    assert rows[-1].endswith("q quit")


def test_in_ascii_there_is_nothing_else() -> None:
    rows = show(HALFWAY, "right", "down", glyphs="ascii")
    assert "\n".join(rows).isascii()
    assert rows[5].startswith("|  0.01 x... 25[#*** 53]####100")
    assert rows[18].startswith("| # 17 solved - x 11 dead-units - + 4 learning")


def test_one_key_alone_is_a_column() -> None:
    rows = show(Progress({(1,): result(9)}, 1, 2.0), "down", axes=(RATES,))
    assert [row.rstrip(" │") for row in rows[4:7]] == ["│ 0.001 ·", "│  0.01[×▒▒▒ 28]", "│   0.1 ·"]


def test_a_cell_says_that_it_waits_or_why_it_has_failed() -> None:
    assert "not trained yet" in show(HALFWAY, "down", "down", "right")[17]
    assert "failed: out of memory" in show(HALFWAY, "down", "down")[17]


def test_a_sweep_that_cannot_go_on_says_why() -> None:
    rows = show(Progress({}, 0, 1.0, "failed", "the disk is full"))
    assert rows[0].endswith("● failed")
    assert rows[1] == " the disk is full"


def test_rows_without_room_scroll_with_the_cursor() -> None:
    rows = show(HALFWAY, "down", "down", size=(80, 8))
    assert any("0.1[failed ]" in row for row in rows)


def test_arrows_and_clicks_move_the_cursor_and_stop_at_the_edges() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert isinstance(app.screen, MapScreen)
        await pilot.press("up", "left")
        assert app.screen.cursor == (0, 0, 0)
        await pilot.press("right", "right", "right", "down")
        assert app.screen.cursor == (1, 0, 1), "on to the map beside it"
        await pilot.press("left")
        assert app.screen.cursor == (1, 2, 0)
        await pilot.press("down", "down", "down")
        assert app.screen.cursor == (2, 2, 0)
        await pilot.click(MapPane, offset=(50, 3))
        assert app.screen.cursor == (0, 1, 1)
        await pilot.click(MapPane, offset=(1, 1))
        assert app.screen.cursor == (0, 1, 1), "there is no cell"

    visit(ScriptedSweep(swept(RATES, HIDDEN, SIGNS), THREE), act)


def test_enter_opens_a_cell_and_esc_comes_back_while_the_sweep_goes_on() -> None:
    session = ScriptedSweep(swept(), Progress({}, 0, 1.0))

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("down", "right", "enter")
        while not isinstance(app.screen, CellRun):
            await pilot.pause(0.01)
        assert session.opened == [(1, 1)]
        assert "esc back to the map" in rows_of(app)[-1]
        session.progress = HALFWAY
        session.on_wake()
        await pilot.press("z", "escape")
        assert isinstance(app.screen, CellRun), "the zoom is closed first"
        await pilot.press("escape")
        while not isinstance(app.screen, MapScreen):
            await pilot.pause(0.01)
        await pilot.pause()
        assert app.screen.cursor == (1, 1)
        assert "17 of 32 solved" in "\n".join(rows_of(app))

    visit(session, act)


def test_why_a_cell_cannot_be_opened_is_said() -> None:
    session = ScriptedSweep(swept(), HALFWAY)
    session.refusal = Refused("there is no room")

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("enter")
        await pilot.pause()
        assert "cannot be opened: there is no room" in "\n".join(rows_of(app))
        assert isinstance(app.screen, MapScreen)

    visit(session, act)


def test_help_names_every_key_and_word() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        assert isinstance(app.screen, Help)
        text = " ".join(" ".join(rows_of(app)).split())
        assert "Train the cell under the cursor on the dashboard" in text
        assert "The cell above" in text
        await pilot.press("escape")
        assert isinstance(app.screen, MapScreen)

    visit(ScriptedSweep(swept(), HALFWAY), act, (120, 60))


def test_e_writes_the_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("e")
        assert "step-too-small" in (tmp_path / "magnitude-sweep.svg").read_text()

    visit(ScriptedSweep(swept(), HALFWAY), act)


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("ctrl+c", 130)])
def test_q_and_an_interrupt_end_it(key: str, code: int) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(key)

    assert visit(ScriptedSweep(swept(), HALFWAY), act).return_code == code
