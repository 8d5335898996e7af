"""A stranger's text on every screen: it is text, it stays in its cells, and pictures of it are sound."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

from periodic_tui.engine.recording.library import Library
from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.presets.builtin import Listed
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.dashboard import Dashboard
from periodic_tui.ui.inert import harmless
from periodic_tui.ui.screens.leave import Leave
from periodic_tui.ui.screens.opening import Opening, OpeningScreen
from tests.hostile import HOSTILE, LONG, PIECES, displaces, harm_in, poisoned
from tests.recordings import write_recording
from tests.ui.deaths import OVER_ONE
from tests.ui.scripted import MAGNITUDE, SINE, ScriptedSession, drawn, rows_of
from tests.ui.scripts import SMALL

SIZE = (100, 30)
SHOWN = {
    "a sine": SINE,
    "a network": replace(MAGNITUDE, deaths=(OVER_ONE,), replicas=2),
    "a script": SMALL,
    "a run that was refused": replace(SINE, state="starting", refusal="out of memory"),
    "a bug": replace(SINE, error="ValueError"),
}
KEYS = (
    (), ("question_mark",), ("f",), ("d",), ("colon", "x", "enter"), ("l",), ("l", "tab"), ("ctrl+p",), ("tab", "z"),
)  # fmt: skip
"""They open nothing, help, remedies, a death, the prompt, presets, recordings, the palette, one pane alone."""


def sound(app: PeriodicApp) -> None:
    """Every row of the screen has its cells and no others, and its picture is XML."""
    for row in rows_of(app):
        assert (harm_in(row), displaces(row), cell_len(row)) == ([], [], app.size.width), row
    ElementTree.fromstring(app.export_screenshot(title=app.opening.preset))


def opened(snapshot: Snapshot, text: str, folder: Path) -> tuple[PeriodicApp, ScriptedSession]:
    session = ScriptedSession(poisoned(snapshot, text))
    presets = [Listed(f"own {text}", text, text, text), Listed("sine-31", text, "1-sine-and-clock", text)]
    opening = Opening(text, text, text, text)
    return PeriodicApp(opening, lambda: (session, presets), recordings=Library(folder).runs), session


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    write_recording(tmp_path / "one", [poisoned(SINE, HOSTILE.replace("\ud800", ""))], name=HOSTILE)
    return tmp_path


async def dashboard(app: PeriodicApp, pilot: Pilot[None]) -> None:
    """Wait until it is there."""
    while not isinstance(app.screen, Dashboard):
        await pilot.pause(0.01)
    await drawn(app, pilot)


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
@pytest.mark.parametrize("shown", SHOWN)
def test_every_screen_shows_it_as_text(shown: str, text: str, recordings: Path) -> None:
    async def visit() -> None:
        app, session = opened(SHOWN[shown], text, recordings)
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await dashboard(app, pilot)
            for keys in KEYS:
                await pilot.press(*keys)
                await drawn(app, pilot)
                sound(app)
                await pilot.press("escape")
                await drawn(app, pilot)
            assert isinstance(app.screen, Dashboard)
        assert app.return_code in (0, None)
        assert session.sent == []

    asyncio.run(visit())


def test_nothing_that_textual_shows_by_itself_is_more_than_text(tmp_path: Path) -> None:
    """Toasts, tooltips, titles of boxes, and what a Static is told: each reads markup, unless it is told not to."""

    async def visit() -> None:
        app, _ = opened(SINE, HOSTILE, tmp_path)
        async with app.run_test(size=SIZE, notifications=True, tooltips=True) as pilot:
            assert isinstance(app.screen, OpeningScreen)
            sound(app)
            await dashboard(app, pilot)
            await pilot.hover("#loss")
            app.push_screen(Leave(_Runs(), HOSTILE))
            await pilot.pause()
            box = app.screen.query_one(Static)
            for piece in PIECES:
                app.notify(piece, title=piece)
                app.screen.tooltip = box.tooltip = piece
                box.border_title = box.border_subtitle = piece
                box.update(piece)
                await pilot.hover("#question")
                sound(app)

    asyncio.run(visit())


class _Runs:
    """A script that does not end."""

    pid = 1

    def poll(self) -> None: ...
    def send_signal(self, number: int) -> None: ...


def test_a_title_in_brackets_is_read_as_it_was_written(tmp_path: Path) -> None:
    async def visit() -> str:
        app, _ = opened(SINE, "", tmp_path)
        async with app.run_test(size=SIZE, notifications=True) as pilot:
            await dashboard(app, pilot)
            app.notify('noise on [0, 1] is [bold] or ["3"]')
            await pilot.pause()
            return "\n".join(rows_of(app))

    assert 'noise on [0, 1] is [bold] or ["3"]' in asyncio.run(visit())


@given(st.text(st.characters(exclude_categories=[])) | st.lists(st.sampled_from(PIECES)).map("".join))
@example(HOSTILE)
@settings(max_examples=300)
def test_the_last_edge_leaves_as_many_cells_and_nothing_that_acts(text: str) -> None:
    left = harmless(text)
    assert (harm_in(left), displaces(left), "\n" in left) == ([], [], False)
    assert cell_len(left) == cell_len(text)


def test_the_edge_leaves_our_own_signs_and_letters_of_two_cells_alone() -> None:
    text = "ω → 31 · ⣿⡀ █▄ ╭─╮ ◆ ● │ 漢字 é"
    assert harmless(text) == text
