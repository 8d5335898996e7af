"""The user's own keys on the screen, and what the screen remembers."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import SystemCommand
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.keys import KEYS, key_for, keys_of, typed, use, written
from periodic_tui.ui.memory import Memory
from periodic_tui.ui.screens.help import Help
from periodic_tui.ui.settings import Settings
from tests.ui.scripted import MAGNITUDE, SINE, ScriptedSession, Visit, drawn, rows_of, visit
from tests.ui.scripts import SMALL

OWN = Settings(
    {
        "inject": ("k", "f5"),
        "zero-lines": ("K",),
        "pause": ("P",),
        "remedies": ("ctrl+r",),
        "help": ("h",),
        "hide-pane": ("question_mark",),
        "quit": ("Q",),
        "faster": ("F",),
        "zoom.in": ("greater_than_sign",),
        "list": ("w",),
        "stop-at-death": ("X",),
    }
)


def after(*keys: str, snapshot: Snapshot = SINE, size: tuple[int, int] = (120, 40)) -> tuple[list[str], list[str]]:
    """What keys send, and the rows of the screen afterwards."""
    session, rows = ScriptedSession(snapshot), list[str]()

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await drawn(app, pilot)
        rows.extend(rows_of(app))

    visit(session, act, size, settings=OWN)
    return session.sent, rows


def test_an_action_is_done_by_its_new_keys_and_no_longer_by_the_old_ones() -> None:
    assert after("i", "k", "f5", "space", "P", "r")[0] == ["inject", "inject", "toggle-pause", "reinitialize"]


def test_the_last_row_names_the_new_keys() -> None:
    _, rows = after()
    assert rows[-1].startswith(" P pause  k inject  r start over  ctrl+r remedies")
    assert rows[-1].rstrip().endswith("h help  Q quit")
    _, rows = after("tab", "tab", "tab", "tab", "tab", "tab", "shift+tab")
    assert any("> - zoom" in row for row in (rows[-1], after("z")[1][-1]))


def test_texts_that_name_keys_name_the_new_ones() -> None:
    _, rows = after(snapshot=replace(SINE, pace=5.0, rate=5.0))
    assert any("F faster" in row for row in rows)
    assert any("ctrl+r: 1 remedy fits" in row for row in rows)
    _, rows = after(snapshot=replace(MAGNITUDE, stops_at_death=True))
    assert "X: stops at death" in rows[0]
    assert any("press Q to quit" in row for row in after("ctrl+c")[1])


def test_help_and_palette_name_the_new_keys_in_their_places() -> None:
    _, rows = after("h", size=(120, 70))
    assert any(row.split()[:3] == ["│", "│", "P"] or " P   " in row for row in rows)
    told = [row for row in rows if "known answer" in row]
    assert "k f5" in told[0]
    assert any("k: Set the parameters to the known answer" in row for row in after("ctrl+p", *"inject")[1])


def test_help_opened_by_a_letter_lets_one_search_for_it_and_by_another_key_closes() -> None:
    async def by_letter(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("h", "h")
        assert isinstance(app.screen, Help)
        await pilot.press("escape")
        assert not isinstance(app.screen, Help)

    async def by_sign(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("exclamation_mark")
        assert isinstance(app.screen, Help)
        await pilot.press("exclamation_mark")
        assert not isinstance(app.screen, Help)

    visit(ScriptedSession(SINE), by_letter, settings=OWN)
    visit(ScriptedSession(SINE), by_sign, settings=Settings({"help": ("exclamation_mark",)}))


@pytest.mark.parametrize("key", ["ctrl+r", "w"])
def test_the_key_that_opens_a_menu_closes_it(key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(key)
        assert app.screen is not app.dashboard
        await pilot.press(key)
        assert app.screen is app.dashboard

    visit(ScriptedSession(SINE), act, settings=OWN)


def test_of_a_script_the_new_keys_are_those_that_do_nothing_to_its_training() -> None:
    sent, rows = after("k", snapshot=SMALL)
    assert sent == []
    assert any("a script is only watched" in row for row in rows)
    assert not any("a script is only watched" in row for row in after("i", snapshot=SMALL)[1])


def test_the_keys_of_one_app_are_not_those_of_the_next() -> None:
    visit(ScriptedSession(SINE), _nothing, settings=OWN)
    assert [key_for(words) for words in ("inject", "toggle-pause", "app.quit")] == ["i", "space", "q"]


def test_a_command_without_a_key_is_typed() -> None:
    import contextvars

    def renamed() -> str:
        use({"type": ("f9",)})
        return typed("undo")

    assert typed("undo") == ":undo"
    assert contextvars.copy_context().run(renamed) == "f9 undo"
    assert keys_of("pan.left", "pan.right") == "arrows"
    assert keys_of("zoom.in", "zoom.out") == "+ -"
    assert [written(key) for key in ("ctrl+k", "question_mark", "escape", "left")] == ["ctrl+k", "?", "esc", "left"]


async def _nothing(app: PeriodicApp, pilot: Pilot[None]) -> None:
    """Look at nothing."""


def choosing(theme: str) -> Visit:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        app.theme = theme
        await pilot.pause()

    return act


def theme_of(settings: Settings) -> str:
    return visit(ScriptedSession(SINE), _nothing, settings=settings).theme


def test_the_theme_is_remembered_and_the_config_wins_over_it(tmp_path: Path) -> None:
    memory, usual = Memory(tmp_path / "state/screen.json"), theme_of(Settings())
    assert theme_of(Settings(memory=memory)) == usual
    assert memory.get("theme") == ""
    visit(ScriptedSession(SINE), choosing("nord"), settings=Settings(memory=memory))
    assert theme_of(Settings(memory=memory)) == "nord"
    assert theme_of(Settings(theme="dracula", memory=memory)) == "dracula"
    assert memory.get("theme") == "nord"


def test_a_theme_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "screen.json")
    memory.keep("theme", "of another version")
    assert theme_of(Settings(memory=memory)) == theme_of(Settings())


def test_who_has_a_theme_in_the_config_is_told_that_another_one_is_for_now() -> None:
    rows: list[str] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        app.theme = "nord"
        await pilot.pause()
        rows.extend(rows_of(app))

    visit(ScriptedSession(SINE), act, settings=Settings(theme="dracula"))
    assert any("the next start has dracula again" in row for row in rows)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"theme": 3}', "[" * 10_000, '{"theme": "' + "x" * 100_000 + '"}'])
def test_what_was_written_by_nobody_we_know_is_no_memory(text: str, tmp_path: Path) -> None:
    file = tmp_path / "screen.json"
    file.write_text(text)
    assert Memory(file).get("theme") == ""
    assert Memory(file).keep("theme", "nord")
    assert json.loads(file.read_text()) == {"theme": "nord"}


def test_where_nothing_can_be_written_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for memory in (Memory(), Memory(tmp_path / "file/screen.json")):
        assert not memory.keep("theme", "nord")
        assert memory.get("theme") == ""
        visit(ScriptedSession(SINE), choosing("nord"), settings=Settings(memory=memory))


def test_other_characters_are_drawn_by_at_once_and_remembered(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "screen.json")

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert not any("glyphs" in command.title and "ascii" in command.title for command in commands(app))
        app.glyph_sets = ("braille", "ascii")
        next(command for command in commands(app) if command.title == "glyphs ascii").callback()
        await pilot.press("space")
        await drawn(app, pilot)
        assert "".join(rows_of(app)).isascii()

    def commands(app: PeriodicApp) -> list[SystemCommand]:
        return list(app.get_system_commands(app.screen))

    visit(ScriptedSession(SINE), act, settings=Settings(memory=memory))
    assert memory.get("glyphs") == "ascii"


def greeted(memory: Memory, *keys: str) -> bool:
    """Whether the screen names three keys to begin with."""
    found: list[bool] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await drawn(app, pilot)
        found.append(any("three keys to begin with" in row for row in rows_of(app)))

    visit(ScriptedSession(SINE), act, settings=Settings(memory=memory))
    return found[0]


def test_three_keys_are_named_on_the_first_start_until_the_first_key_and_never_again(tmp_path: Path) -> None:
    assert greeted(Memory(tmp_path / "one.json"))
    assert not greeted(Memory(tmp_path / "one.json"))
    assert not greeted(Memory(tmp_path / "other.json"), "z")
    assert not greeted(Memory())


def test_who_cannot_be_remembered_is_not_greeted_at_every_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not greeted(Memory(tmp_path / "file/screen.json"))
    assert not os.path.exists(tmp_path / "file/screen.json")


def test_the_palette_has_every_action_preset_remedy_and_theme() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        commands = {command.title for command in app.get_system_commands(app.screen)}
        digits = {f"preset {number}" for number in range(1, 10)}
        assert {binding.description for binding in KEYS} - digits - {"palette"} <= commands  # type: ignore[union-attr]
        assert {"load sine-31", "load ln-collapse", "load magnitude"} <= commands
        assert {"remedy widen-range", "remedy smaller-step"} <= commands
        assert "remedy reseed-units" not in commands
        assert {f"theme {name}" for name in app.available_themes} <= commands

    visit(ScriptedSession(SINE), act)
