import re
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from periodic_tui.engine.snapshot import EMPTY, ClockFace, Curve, Event, Fit, Layer, Snapshot, State, Verdict
from periodic_tui.ui.dashboard import Dashboard
from periodic_tui.ui.widgets.header import header_line
from tests.ui.scripted import MAGNITUDE, SINE, STARTING, ScriptedSession, drawn, rows_of, show, visit

SIZES = [(80, 24), (120, 40), (200, 60)]
STATES = get_args(State)

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


def panes_shown(snapshot: Snapshot, *keys: str, size: tuple[int, int]) -> list[str]:
    names: list[str] = []

    async def act(app, pilot):
        await pilot.press(*keys)
        await pilot.pause()
        names.extend(name for name, pane in app.screen.panes.items() if pane.display and pane.size.area)

    visit(ScriptedSession(snapshot), act, size)
    return names


@pytest.mark.parametrize("size", [*SIZES, (1, 1), (9, 4)])
def test_every_snapshot_is_drawn_at_every_size(size: tuple[int, int]) -> None:
    session = ScriptedSession(EMPTY)

    async def act(app, pilot):
        await pilot.press("space")
        for session.snapshot in SNAPSHOTS.values():
            app.screen.poll()
            await drawn(app, pilot)
            assert [len(row) for row in rows_of(app)] == [size[0]] * size[1]

    visit(session, act, size)


def header(snapshot: Snapshot, columns: int = 120) -> str:
    [line] = header_line(snapshot, columns, "braille").text()
    assert len(line) == columns
    return line


def test_the_header_is_the_first_line_of_the_screen() -> None:
    assert show(SINE)[0] == header(SINE)


@pytest.mark.parametrize("columns", [size[0] for size in SIZES])
@pytest.mark.parametrize("state", STATES)
def test_the_header_says_what_runs_how_far_how_fast_and_how_it_stands(columns: int, state: State) -> None:
    for part in ("sine-31", "step     2,000", " 571k steps/s", f"● {state}"):
        assert part in header(replace(SINE, state=state), columns)


def test_the_header_does_not_move_when_a_digit_is_added() -> None:
    first, second = (header(replace(SINE, step=step, rate=rate)) for step, rate in ((99, 9.99), (100_000, 999_000)))
    assert first.index("steps/s") == second.index("steps/s")


def test_title_and_device_never_touch() -> None:
    for length in range(10, 60):
        assert "   cpu" in header(replace(SINE, title="t" * length))


@pytest.mark.parametrize(
    ("snapshot", "size", "names"),
    [
        (SINE, (80, 24), ["loss", "frequency", "fit", "verdict", "events"]),
        (SINE, (120, 40), ["loss", "frequency", "fit", "landscape", "verdict", "events"]),
        (SINE, (200, 60), ["loss", "frequency", "fit", "landscape", "verdict", "events"]),
        (MAGNITUDE, (80, 24), ["loss", "units", "fit", "verdict", "events"]),
        (MAGNITUDE, (120, 40), ["loss", "units", "fit", "landscape", "verdict", "events"]),
        (STARTING, (120, 40), []),
    ],
)
def test_panes_that_have_something_to_say_have_a_place(snapshot, size, names) -> None:
    assert panes_shown(snapshot, "space", size=size) == (names or ["story"])


def test_the_footer_says_how_to_get_help_and_out_on_80_columns() -> None:
    footer = show(SINE, size=(80, 24))[-1]
    assert "? help" in footer
    assert "q quit" in footer


def test_a_known_frequency_alone_needs_no_pane() -> None:
    assert "frequency" not in panes_shown(replace(SINE, omega=np.empty(0)), size=(120, 40))


def test_the_story_goes_with_the_first_key() -> None:
    assert "story" in panes_shown(SINE, size=(120, 40))
    assert "story" not in panes_shown(SINE, "i", size=(120, 40))


def test_before_torch_is_there_the_story_is_in_the_place_of_the_curves() -> None:
    rows = "\n".join(show(STARTING))
    assert STARTING.story in rows
    assert "starting torch" in rows


def test_tab_reaches_a_pane_without_a_place_and_shows_it_alone() -> None:
    assert panes_shown(SINE, "tab", size=(80, 24)) == ["landscape"]
    assert "landscape" not in panes_shown(SINE, "tab", "tab", size=(80, 24))


def test_the_newest_event_has_a_line_of_its_own_on_24_rows() -> None:
    long = Event(1_300, "set training.pace to 10 " + 10 * "and so on ", "set:training.pace=10")
    verdict, event = show(replace(SINE, events=(*SINE.events, long)), "space", size=(80, 24))[-3:-1]
    assert verdict.startswith(" stuck-outside-basin: ω is 30.47")
    assert re.fullmatch(r" +1,300  set training\.pace to 10 and so on .*…", event.rstrip())


def test_the_first_focus_takes_the_screen_from_nobody() -> None:
    clock = ClockFace(0, np.zeros((3, 3)), np.ones((3, 3)))
    assert panes_shown(replace(SINE, clock=clock), size=(80, 24)) == ["loss", "clock", "frequency", "story", "verdict"]


def test_z_shows_the_pane_that_is_seen_to_have_the_focus() -> None:
    clock = ClockFace(0, np.zeros((3, 3)), np.ones((3, 3)))
    assert panes_shown(replace(SINE, clock=clock), "z", size=(80, 24)) == ["loss"]


def test_z_shows_the_focused_pane_alone_and_then_all_again() -> None:
    assert panes_shown(SINE, "z", size=(120, 40)) == ["fit"]
    assert panes_shown(SINE, "z", "escape", size=(120, 40)) == panes_shown(SINE, "z", "z", size=(120, 40))


def test_h_hides_the_focused_pane_and_shows_it_again() -> None:
    assert "fit" not in panes_shown(SINE, "h", size=(120, 40))
    assert "fit" in panes_shown(SINE, "h", *["shift+tab"], "h", size=(120, 40))


def test_what_a_preset_says_is_shown_literally() -> None:
    evil = "[red]not red[/red] \x1b[31mnot red either\x07 \u202eleft"
    snapshot = replace(SINE, title=evil, story=evil, events=(Event(0, evil),), verdict=Verdict("underfit", evil))
    for keys in ([], ["?"], ["z"]):
        text = "\n".join(show(snapshot, *keys))
        assert "[red]not red[/red]" in text or keys == ["z"]
        assert not set(text) & {"\x1b", "\x07", "\u202e"}


def test_an_error_of_the_worker_is_told_and_the_screen_lives() -> None:
    async def act(app, pilot):
        session.snapshot = replace(SINE, error="ValueError: no such thing")
        app.screen.poll()
        await pilot.pause()
        assert any("ValueError: no such thing" in row for row in rows_of(app))
        await pilot.press("i")

    session = ScriptedSession(SINE)
    visit(session, act)
    assert session.sent == ["inject"]


def test_a_command_leaves_a_mark_at_its_step() -> None:
    marked = "".join(show(SINE))
    assert "┊" in marked
    assert "┊" not in "".join(show(replace(SINE, events=())))


def test_zero_is_drawn_at_a_floor_and_what_is_not_finite_is_marked() -> None:
    assert any(row.lstrip("│ ").startswith("0┤") for row in show(ZERO))
    assert "×" in "".join(show(BROKEN))


def test_units_have_a_shape_for_each_state() -> None:
    layer = Layer("hidden.0", np.ones(6), dead=(0,), mute=(1,), linear=(2,), duplicate=((3, 4),), groups=((3, 4),))
    row = next(row for row in show(replace(MAGNITUDE, layers=(layer,))) if "hidden.0" in row)
    assert [sign for sign in row.split("hidden.0")[1].split() if sign != "│"][:6] == ["·", "▫", "╱", "◆a", "◆a", "■"]


@pytest.mark.parametrize("snapshot", [SINE, MAGNITUDE, BROKEN])
def test_ascii_glyphs_are_ascii(snapshot: Snapshot) -> None:
    rows = show(snapshot, "space", glyphs="ascii")
    assert all(row.isascii() for row in rows)


def test_an_unchanged_run_repaints_nothing() -> None:
    """Two snapshots of the same figures differ in identity only, as those of a paused run do."""
    painted = []

    async def act(app, pilot):
        assert isinstance(app.screen, Dashboard)
        await pilot.pause()
        for pane in app.screen.panes.values():
            pane.refresh = lambda *regions, name=pane.NAME, **_: painted.append((name, regions))
        session.snapshot = replace(SINE)
        app.screen.poll()
        await drawn(app, pilot)
        assert painted == []
        session.snapshot = replace(SINE, train_loss=1.14)
        app.screen.poll()
        await drawn(app, pilot)
        [(name, [region])] = painted
        assert (name, region.width, region.height) == ("loss", 1, 1)

    session = ScriptedSession(SINE)
    visit(session, act)


def test_a_wake_shows_a_snapshot_without_waiting_for_the_timer() -> None:
    async def act(app, pilot):
        app.session.snapshot = replace(SINE, state="solved")
        app.session.on_wake()
        app.session.on_wake()
        await pilot.pause()
        assert "● solved" in rows_of(app)[0]

    session = ScriptedSession(SINE)
    visit(session, act)
    session.on_wake()  # after the end nobody listens, and nothing happens


@pytest.mark.parametrize(("pane", "keys"), [("units", "z"), ("frequency", "i")])
def test_a_pane_on_the_screen_survives_a_run_that_has_nothing_for_it(pane: str, keys: str) -> None:
    async def act(app, pilot):
        app.screen.show_pane(pane)
        await pilot.press(keys)
        assert app.screen.panes[pane].display
        session.snapshot = replace(EMPTY, run=2, state="training")
        app.screen.poll()
        await drawn(app, pilot)
        assert not app.screen.panes[pane].display

    session = ScriptedSession(replace(MAGNITUDE, omega=SINE.omega, omega_curve=SINE.omega_curve))
    visit(session, act, (80, 24))
