from dataclasses import replace

import pytest
from textual.binding import Binding
from textual.pilot import Pilot

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.snapshot import EMPTY, View
from periodic_tui.presets.files import built_in, load
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.formatting import wrapped
from periodic_tui.ui.keys import KEYS
from periodic_tui.ui.panes.events import EventsPane
from periodic_tui.ui.screens.picker import SOURCES, Picker
from periodic_tui.ui.screens.replay import Replay
from tests.ui.deaths import OVER_ONE, OVER_TWO
from tests.ui.scripted import MAGNITUDE, SINE, STARTING, ScriptedSession, put, sent, show, views, visit

BINDINGS = [binding for binding in KEYS if isinstance(binding, Binding)]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("space", "toggle-pause"),
        ("s", "step"),
        ("i", "inject"),
        ("I", "inject-beside"),
        ("r", "reinitialize"),
        ("R", "next:seed"),
        ("n", "next:preset"),
        ("p", "previous:preset"),
        ("1", "load:sine-31"),
        ("3", "load:magnitude"),
        ("(", "scale-lr:0.5"),
        (")", "scale-lr:2"),
        ("o", "next:optimizer"),
        ("a", "next:activation"),
        ("u", "undo"),
        ("H", "toggle-hold"),
        ("<", "slower"),
        (">", "faster"),
    ],
)
def test_a_key_sends_one_command_that_the_command_line_knows_too(key: str, words: str) -> None:
    assert sent(SINE, key) == [words]
    assert parse(words).words == words


def test_a_key_says_the_same_whatever_the_screen_has_seen() -> None:
    assert sent(replace(SINE, state="paused", seed=7, focus=4, replicas=8), "space", "R", "(", "(") == [
        "toggle-pause",
        "next:seed",
        "scale-lr:0.5",
        "scale-lr:0.5",
    ]


def test_a_number_beyond_the_list_loads_nothing() -> None:
    assert sent(SINE, "9") == []


def test_the_list_loads_what_is_chosen_and_escape_loads_nothing() -> None:
    assert sent(SINE, "l", "down", "enter") == ["load:ln-collapse"]
    assert sent(SINE, "l", "down", "escape") == []


def test_the_list_is_grouped_by_write_up_and_says_what_will_happen() -> None:
    rows = [row.strip("│ ") for row in show(SINE, "l", size=(80, 24))]
    listed = rows[rows.index("A sine and a digital clock") :]
    assert listed[1].split() == ["1", "sine-31", "Title", "of", "sine-31", "fails"]
    assert listed[2:5:2] == ["ln x by ReLUs", "others"]
    assert sent(SINE, "l", "down", "down", "enter") == ["load:magnitude"]


def test_every_built_in_preset_fits_a_line_of_the_list_and_its_story_a_small_screen() -> None:
    presets = built_in()
    picker = Picker(presets, "sine-31")
    lines = [str(option.prompt) for option in picker.entries]
    assert len(lines) == len(presets) + len(SOURCES)
    assert [line for line in lines if len(line) > picker.COLUMNS - 5] == []
    assert [name for name, *_ in presets if len(wrapped(load(name)[1].story, 74)) > 3] == []


def test_zoom_and_pan_ask_for_another_window_of_x() -> None:
    windows = [view.window for view in views(SINE, "+", "+", "right", "-", "left") if view.window]
    assert windows == [
        pytest.approx(window)
        for window in [(-0.25, 0.25), (-0.125, 0.125), (-0.0625, 0.1875), (-0.1875, 0.3125), (-0.3125, 0.1875)]
    ]


def test_a_window_stays_inside_the_domain() -> None:
    windows = [view.window for view in views(SINE, *["-"] * 14, "right")]
    assert windows[-2:] == [(-1000.0, 1000.0), (-1000.0, 1000.0)]


def test_maps_over_two_inputs_are_not_zoomed() -> None:
    assert not any(view.window for view in views(MAGNITUDE, "+", "right"))


def test_brackets_walk_round_the_replicas() -> None:
    many = replace(SINE, replicas=3, focus=0)
    assert [view.focus for view in views(many, "[", "]", "]", "]")][-4:] == [2, 0, 1, 2]


def test_a_new_run_forgets_the_window() -> None:
    session = ScriptedSession(SINE)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("+")
        session.snapshot = replace(SINE, run=2)
        assert app.dashboard
        app.dashboard.poll()
        await pilot.pause()

    visit(session, act)
    assert session.views[-1] == View(panes=("landscape",))


def test_the_landscape_key_turns_to_the_answer_and_back() -> None:
    assert [view.near for view in views(SINE, "g", "g")][-2:] == [True, False]


def test_the_session_knows_which_panes_ask_for_something_of_their_own() -> None:
    assert views(SINE, "space")[0].panes == ("landscape",)
    assert views(SINE, "z")[-1].panes == ()


def test_x_stops_at_the_next_death() -> None:
    assert [view.stop_at_death for view in views(MAGNITUDE, "x", "x")][-2:] == [True, False]


def test_what_was_asked_for_before_the_first_picture_stays() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("x")
        await put(app, pilot, MAGNITUDE)
        assert app.dashboard
        assert app.dashboard.view.stop_at_death

    visit(ScriptedSession(STARTING), act)


def test_x_goes_on_to_the_next_death_where_training_has_stopped_at_one() -> None:
    assert [view.stop_at_death for view in views(replace(MAGNITUDE, state="paused"), "x", "x")][-1:] == [True]
    assert sent(replace(MAGNITUDE, state="paused"), "x", "x") == ["resume"]


def test_a_colon_takes_typed_commands() -> None:
    assert sent(SINE, "colon", *"undo", "enter") == ["undo"]
    assert sent(SINE, "colon", *"undo", "escape") == []


@pytest.mark.parametrize("by_message", [False, True])
def test_a_death_is_played_again(by_message: bool) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        if by_message:
            app.dashboard.panes["events"].post_message(EventsPane.Play(OVER_ONE.number))
        else:
            await pilot.press("d")
        await pilot.pause()
        assert isinstance(app.screen, Replay)
        assert app.screen.film.death is OVER_ONE

    deaths = (OVER_TWO, OVER_ONE)
    visit(ScriptedSession(replace(MAGNITUDE, deaths=deaths)), act)


def test_where_nothing_has_died_there_is_nothing_to_play() -> None:
    assert any("no unit has died yet" in row for row in show(MAGNITUDE, "d"))


def test_control_c_says_how_to_quit() -> None:
    assert any("press q to quit" in row for row in show(SINE, "ctrl+c"))


def test_q_quits() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("q")
        assert not app.is_running or app._exit

    assert visit(ScriptedSession(SINE), act).return_code == 0


def test_the_help_tells_the_story_and_every_key() -> None:
    rows = "\n".join(show(SINE, "?", size=(100, 100)))
    assert SINE.story in rows
    told = [binding.tooltip for binding in BINDINGS if binding.tooltip not in rows]
    assert told == []


def test_the_palette_finds_a_preset() -> None:
    assert any("load magnitude" in row for row in show(SINE, "ctrl+p", *"load magn"))


def test_every_key_can_be_remapped_by_an_id_of_its_own_and_says_what_it_does() -> None:
    ids = [binding.id for binding in BINDINGS]
    assert len(ids) == len(KEYS)
    assert all(ids)
    assert len(set(ids)) == len(ids)
    assert all(binding.tooltip for binding in BINDINGS)


def test_keys_before_the_first_snapshot_do_no_harm() -> None:
    keys = [key for binding in BINDINGS for key in binding.key.split(",") if key not in ("q", "ctrl+z")]
    assert "inject" in sent(EMPTY, *keys)


@pytest.mark.parametrize("key", ["question_mark", "l", "f", "colon"])
def test_a_key_that_reaches_the_dashboard_twice_opens_one_screen(key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard is not None
        before = len(app.screen_stack)
        action = next(binding.action for binding in BINDINGS if key in binding.key.split(","))
        for _ in range(2):
            await app.dashboard.run_action(action)
        assert len(app.screen_stack) == before + 1
        await pilot.pause()

    visit(ScriptedSession(SINE), act)
