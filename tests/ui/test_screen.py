import re
from dataclasses import replace

import numpy as np
import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import EMPTY, ClockFace, Curve, Event, Fit, Layer, Snapshot, Verdict
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.loss import LossPane
from periodic_tui.ui.panes.units.pane import UnitsPane
from tests.ui.scripted import (
    MAGNITUDE,
    SINE,
    STARTING,
    ScriptedSession,
    drawn,
    framed,
    placed,
    put,
    rows_of,
    show,
    shown_by,
    visit,
)

SIZES = [(80, 24), (120, 40), (200, 60)]

_BAD = np.array([np.nan, np.inf, 0.0, -np.inf, 1.0, 1e300, 1e-300, 0.0])
_STEPS = np.arange(8.0)
BROKEN = replace(
    SINE,
    loss=float("nan"),
    train_loss=float("inf"),
    rate=float("nan"),
    omega=np.array([np.nan]),
    train_curve=Curve(_STEPS, _BAD, _BAD, np.full(8, np.inf)),
    probe_curve=Curve(_STEPS, _BAD, _BAD, _BAD),
    omega_curve=Curve(_STEPS, _BAD, _BAD, _BAD),
    fit=Fit(_STEPS, _BAD[:, None], np.full((8, 1), np.nan), "curves", (), (0.0, 7.0)),
)
ZERO = replace(SINE, loss=0.0, train_loss=0.0, train_curve=Curve(_STEPS, _STEPS * 0, _STEPS * 0, _STEPS * 0))
BROKEN_MAP = replace(
    MAGNITUDE, fit=Fit(np.arange(2.0), np.full((2, 2), np.nan), np.full((2, 2), np.inf), "maps", (), (0, 1))
)
SNAPSHOTS = {
    "empty": EMPTY,
    "starting": STARTING,
    "sine": SINE,
    "magnitude": MAGNITUDE,
    "broken": BROKEN,
    "broken map": BROKEN_MAP,
    "zero": ZERO,
    "no data": replace(EMPTY, state="training", omega=np.array([1.0, 2.0])),
}


@pytest.mark.parametrize("size", [*SIZES, (1, 1), (9, 4)])
def test_every_snapshot_is_drawn_at_every_size(size: tuple[int, int]) -> None:
    widths: dict[str, list[int]] = {}

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("space")
        for name, snapshot in SNAPSHOTS.items():
            widths[name] = [len(row) for row in await put(app, pilot, snapshot)]

    visit(ScriptedSession(SINE), act, size)
    assert widths == dict.fromkeys(SNAPSHOTS, [size[0]] * size[1])


@pytest.mark.parametrize(
    ("snapshot", "size", "names"),
    [
        (SINE, (80, 24), ["loss", "frequency", "fit", "verdict", "events"]),
        (SINE, (120, 40), ["loss", "frequency", "fit", "landscape", "verdict", "events"]),
        (SINE, (200, 60), ["loss", "frequency", "fit", "landscape", "verdict", "events"]),
        (MAGNITUDE, (80, 24), ["loss", "units", "fit", "verdict", "events"]),
        (MAGNITUDE, (120, 40), ["loss", "units", "fit", "landscape", "verdict", "events"]),
    ],
)
def test_panes_that_have_something_to_say_have_a_place(
    snapshot: Snapshot, size: tuple[int, int], names: list[str]
) -> None:
    assert placed(snapshot, "story", size=size) == names


@pytest.mark.parametrize("size", SIZES)
def test_the_screen_shows_the_panes_that_have_a_place_and_no_others(size: tuple[int, int]) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        for snapshot in (STARTING, SINE, MAGNITUDE, SINE):
            await put(app, pilot, snapshot)
            assert shown_by(app) == placed(snapshot, size=size)

    assert placed(STARTING) == ["story"]
    visit(ScriptedSession(SINE), act, size)


def test_the_footer_says_how_to_get_help_and_out_on_80_columns() -> None:
    footer = show(SINE, size=(80, 24))[-1]
    assert "? help" in footer
    assert "q quit" in footer


def test_a_known_frequency_alone_needs_no_pane() -> None:
    assert "frequency" in placed(SINE)
    assert "frequency" not in placed(replace(SINE, omega=np.empty(0)))


def test_the_story_goes_with_the_first_key() -> None:
    before, after = seen(SINE, [], ["i"])
    assert "story" in before
    assert "story" not in after


def seen(snapshot: Snapshot, *presses: list[str], size: tuple[int, int] = (120, 40)) -> list[list[str]]:
    """The panes on the screen after each of the presses, one after another."""
    names: list[list[str]] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        for keys in presses:
            await pilot.press(*keys)
            await pilot.pause()
            names.append(shown_by(app))

    visit(ScriptedSession(snapshot), act, size)
    return names


def test_before_torch_is_there_the_story_is_in_the_place_of_the_curves() -> None:
    rows = "\n".join(show(STARTING))
    assert STARTING.story in rows
    assert "starting torch" in rows


def test_tab_reaches_a_pane_without_a_place_and_shows_it_alone() -> None:
    once, twice = seen(SINE, ["tab"], ["tab"], size=(80, 24))
    assert once == ["landscape"]
    assert "landscape" not in twice


def test_the_newest_event_has_a_line_of_its_own_on_24_rows() -> None:
    long = Event(1_300, "set training.pace to 10 " + 10 * "and so on ", "set:training.pace=10")
    verdict, _, event = show(replace(SINE, events=(*SINE.events, long)), "space", size=(80, 24))[-4:-1]
    assert verdict.rstrip() == " ω is 30.47 from the answer."
    assert re.fullmatch(r" +1,300  set training\.pace to 10 and so on .*…", event.rstrip())


def test_the_first_focus_takes_the_screen_from_nobody() -> None:
    clock = ClockFace(0, np.zeros((3, 3)), np.ones((3, 3)))
    before, zoomed = seen(replace(SINE, clock=clock), [], ["z"], size=(80, 24))
    assert before == ["loss", "clock", "frequency", "verdict", "story"]
    assert zoomed == ["loss"], "the pane that is seen to have the focus"


def test_z_shows_the_focused_pane_alone_and_then_all_again() -> None:
    alone, all_of_them, again, escaped = seen(SINE, ["z"], ["z"], ["z"], ["escape"])
    assert alone == again == ["fit"]
    assert all_of_them == escaped == placed(SINE, "story")


def test_h_hides_the_focused_pane_and_then_brings_it_back() -> None:
    hidden, shown, again = seen(SINE, ["h"], ["h"], ["h"])
    assert "fit" not in hidden
    assert shown == placed(SINE, "story")
    assert again == hidden


def test_h_hides_another_pane_once_the_focus_was_moved() -> None:
    one, two, back = seen(SINE, ["h"], ["tab", "h"], ["h"])
    assert len(set(one) - set(two)) == 1
    assert "fit" not in back
    assert set(back) == set(one)


def test_what_a_preset_says_is_shown_literally() -> None:
    evil = "[red]not red[/red] \x1b[31mnot red either\x07 \u202eleft"
    snapshot = replace(SINE, title=evil, story=evil, events=(Event(0, evil),), verdict=Verdict("underfit", evil))

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        for key in ("space", "question_mark"):
            await pilot.press(key)
            await drawn(app, pilot)
            text = "\n".join(rows_of(app))
            assert "[red]not red[/red]" in text
            assert not set(text) & {"\x1b", "\x07", "\u202e"}

    visit(ScriptedSession(snapshot), act)


def test_an_error_of_the_worker_is_told_and_the_screen_lives() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        rows = await put(app, pilot, replace(SINE, error="ValueError: no such thing"))
        assert any("ValueError: no such thing" in row for row in rows)
        await pilot.press("i")

    session = ScriptedSession(SINE)
    visit(session, act)
    assert session.sent == ["inject"]


def test_a_command_leaves_a_mark_at_its_step() -> None:
    assert "┊" in "".join(framed(LossPane, SINE))
    assert "┊" not in "".join(framed(LossPane, replace(SINE, events=())))


def test_zero_is_drawn_at_a_floor_and_what_is_not_finite_is_marked() -> None:
    assert any(row.lstrip("│ ").startswith("0┤") for row in framed(LossPane, ZERO))
    assert "×" in "".join(framed(LossPane, BROKEN))


def test_units_have_a_shape_for_each_state() -> None:
    layer = Layer("hidden.0", np.ones(6), dead=(0,), mute=(1,), linear=(2,), duplicate=((3, 4),), groups=((3, 4),))
    row = next(row for row in framed(UnitsPane, replace(MAGNITUDE, layers=(layer,))) if "hidden.0" in row)
    assert [sign for sign in row.split("hidden.0")[1].split() if sign != "│"][:6] == ["╳", "▫", "╱", "◆a", "◆a", "■"]


def test_ascii_glyphs_are_ascii() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("space")
        for snapshot in (SINE, MAGNITUDE, BROKEN):
            rows = await put(app, pilot, snapshot)
            assert [row for row in rows if not row.isascii()] == []

    visit(ScriptedSession(SINE), act, glyphs="ascii")


def test_an_unchanged_run_repaints_nothing() -> None:
    """Two snapshots of the same figures differ in identity only, as those of a paused run do."""
    painted: list[tuple[str, tuple[Region, ...]]] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        await pilot.pause()
        for pane in app.dashboard.panes.values():
            vars(pane)["refresh"] = lambda *regions, name=pane.NAME, **_: painted.append((name, regions))
        await put(app, pilot, replace(SINE))
        assert painted == []
        await put(app, pilot, replace(SINE, train_loss=1.14))
        [(name, [region])] = painted
        assert (name, region.width, region.height) == ("loss", 1, 1)

    session = ScriptedSession(SINE)
    visit(session, act)


def test_a_wake_shows_a_snapshot_without_waiting_for_the_timer() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        session.snapshot = replace(SINE, state="solved")
        session.on_wake()
        session.on_wake()
        await pilot.pause()
        assert "● solved" in rows_of(app)[0]

    session = ScriptedSession(SINE)
    visit(session, act)
    session.on_wake()  # after the end nobody listens, and nothing happens


@pytest.mark.parametrize(("pane", "keys"), [("units", "z"), ("frequency", "i")])
def test_a_pane_on_the_screen_survives_a_run_that_has_nothing_for_it(pane: str, keys: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        dashboard = app.dashboard
        assert dashboard is not None
        dashboard.show_pane(pane)
        await pilot.press(keys)
        assert dashboard.panes[pane].display
        session.snapshot = replace(EMPTY, run=2, state="training")
        dashboard.poll()
        await drawn(app, pilot)
        assert not dashboard.panes[pane].display

    session = ScriptedSession(replace(MAGNITUDE, omega=SINE.omega, omega_curve=SINE.omega_curve))
    visit(session, act, (80, 24))
