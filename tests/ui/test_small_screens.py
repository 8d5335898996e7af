"""Sizes of the terminal that no menu was made for: nothing ends, and all is as it was once there is room again."""

import asyncio
from dataclasses import replace

import pytest
from rich.style import Style
from textual.events import Click
from textual.pilot import Pilot

from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.screens.palette import Palette
from periodic_tui.ui.screens.prompt import Prompt
from periodic_tui.ui.widgets.choices import Choices
from tests.ui.deaths import OVER_TWO
from tests.ui.scripted import MAGNITUDE, SINE, ScriptedSession, drawn, rows_of, visit

SIZES = [(1, 1), (2, 40), (120, 1), (250, 70), (5, 5), (8, 3), (12, 4), (1, 1)]
ROOM = (120, 40)
DYING = replace(MAGNITUDE, deaths=(OVER_TWO,), remedies=SINE.remedies)
ACTIONS = {
    "l": "list_presets",
    "f": "remedies",
    "question_mark": "help",
    "d": "play_death",
    "colon": "prompt",
    "ctrl+p": "app.command_palette",
}
MENUS = {"l": "presets", "f": "remedies", "question_mark": "help", "d": "the death of", "colon": "a command"}


@pytest.mark.parametrize("key", [*MENUS, "ctrl+p", "l,tab", "ctrl+p,t"])
def test_menus_bear_any_size(key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*key.split(","))
        await pilot.pause()
        opened = rows_of(app)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.press("down", "pagedown", "pageup")
        await pilot.resize_terminal(*ROOM)
        await drawn(app, pilot)
        assert len(rows_of(app)) == len(opened)
        assert MENUS.get(key, "") in "\n".join(rows_of(app))
        await pilot.press("escape")
        await drawn(app, pilot)
        assert app.screen is app.dashboard

    visit(ScriptedSession(DYING), act, ROOM)


@pytest.mark.parametrize("key", ["l", "f", "question_mark", "d", "colon", "ctrl+p"])
def test_a_menu_that_is_closed_twice_takes_nothing_along(key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await pilot.pause()
        menu = app.screen
        menu.dismiss()
        menu.dismiss()
        await drawn(app, pilot)
        assert app.screen is app.dashboard

    visit(ScriptedSession(DYING), act)


@pytest.mark.parametrize("key", [*MENUS, "ctrl+p"])
def test_a_menu_that_is_closed_while_it_opens_is_closed(key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        await app.dashboard.run_action(ACTIONS[key])
        app.screen.dismiss()
        await drawn(app, pilot)
        await drawn(app, pilot)
        assert app.screen is app.dashboard

    visit(ScriptedSession(DYING), act)


def test_a_menu_below_another_one_is_closed_by_nothing() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("colon", "ctrl+p")
        await pilot.pause()
        prompt = app.screen_stack[-2]
        assert isinstance(prompt, Prompt)
        prompt.dismiss()
        await pilot.press("escape", "escape")
        await drawn(app, pilot)
        assert app.screen is app.dashboard

    visit(ScriptedSession(DYING), act)


def test_a_click_beside_a_screen_that_has_shrunk_meanwhile_is_none() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+p")
        await pilot.pause()
        palette = app.screen
        palette.post_message(Click(palette, 100, 30, 0, 0, 1, False, False, False, 100, 30))
        await pilot.resize_terminal(20, 5)
        palette.post_message(Click(palette, 100, 30, 0, 0, 1, False, False, False, 100, 30))
        await pilot.pause()

    visit(ScriptedSession(DYING), act)


def test_a_click_on_what_is_no_longer_in_a_list_chooses_nothing() -> None:
    session = ScriptedSession(DYING)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("l")
        await pilot.pause()
        gone = Style(meta={"option": 99})
        choices = app.screen.query_one(Choices)
        choices.post_message(Click(choices, 1, 1, 0, 0, 1, False, False, False, 1, 1, style=gone))
        await pilot.pause()

    visit(session, act)
    assert session.sent == []


@pytest.mark.parametrize("pane", ["population", "events", "units", "loss"])
def test_a_pane_alone_bears_any_size(pane: str) -> None:
    many = replace(DYING, replicas=16, outcomes={"solved": 16}, outcome_codes=("solved",) * 16)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        app.dashboard.show_pane(pane)
        await pilot.press("z")
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.press("down", "plus")

    visit(ScriptedSession(many), act)


def test_the_palette_tells_nobody_that_it_searches_once_its_parts_are_gone() -> None:
    asyncio.run(Palette()._watch__show_busy())
