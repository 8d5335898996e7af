"""Going back and forth over a run's own recording, on the screen."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.snapshot import Event, Past, Snapshot
from periodic_tui.plotting.cells import Ink
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.past.travel import LARGEST, PRESSES, REPEATS, HeldKey
from periodic_tui.ui.widgets.header import header_line
from periodic_tui.ui.widgets.key_line import key_entries
from periodic_tui.ui.widgets.past_bar import PastBar, past_line, track
from tests.recordings import write_recording
from tests.ui.deaths import OVER_ONE
from tests.ui.scripted import MAGNITUDE, SINE, ScriptedSession, drawn, rows_of, visit

PATIENCE = 20.0
LINES = [Line(0, 0, "sine-31"), Line(1, 1_200, "injected", "inject"), Line(2, 3_100, "undid inject", "undo")]
SIZES = [(80, 24), (120, 40)]


def at(step: int, **changes: object) -> Snapshot:
    """A picture at a step, which its loss tells too."""
    events = tuple(line.event for line in LINES if line.step <= step)
    return replace(SINE, step=step, loss=step / 1e4, events=events, **changes)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told stays until a test on a busy machine has seen it."""
    monkeypatch.setattr(PeriodicApp, "NOTIFICATION_TIMEOUT", 3 * PATIENCE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "run", [at(step) for step in range(0, 5_000, 1_000)], LINES)


def recorded(folder: Path, **changes: object) -> ScriptedSession:
    """A run that is paused at step 4,500, and recorded there."""
    return ScriptedSession(replace(at(4_500, state="paused", recording=str(folder)), **changes))  # type: ignore[arg-type]


async def until(app: PeriodicApp, pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Wait for the player's thread."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "\n".join(rows_of(app))
        await pilot.pause(0.01)
    await drawn(app, pilot)


async def go(app: PeriodicApp, pilot: Pilot[None], key: str, step: int | None) -> list[str]:
    """Press a key and wait for the picture of a step; None: for the present."""
    dashboard = app.dashboard
    assert dashboard
    await pilot.press(key)

    def is_there() -> bool:
        shown = dashboard.snapshot
        return shown.past is None if step is None else shown.past is not None and shown.step == step

    await until(app, pilot, is_there)
    return rows_of(app)


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_screen_goes_back_and_forth_and_says_so(folder: Path, size: tuple[int, int]) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        rows = await go(app, pilot, "comma", 4_000)
        assert "step 4,000 of 4,500   ◂ past" in rows[0]
        assert any("probe 0.400 " in row for row in rows)
        assert rows[-2].startswith(" past ─")
        assert rows[-2].rstrip().endswith(" 5 of 5")
        assert rows[-1].startswith(" , back  . on  b branch here  space to the present")
        rows = await go(app, pilot, "comma", 3_000)
        assert any("probe 0.300 " in row for row in rows)
        assert not any("undid inject" in row for row in rows)
        rows = await go(app, pilot, "full_stop", 4_000)
        assert any("undid inject" in row for row in rows)
        rows = await go(app, pilot, "full_stop", None)
        assert "● paused" in rows[0]
        assert "step     4,500" in rows[0]
        assert not app.screen.query_one(PastBar).display

    session = recorded(folder)
    visit(session, act, size)
    assert session.sent == []


def test_a_click_on_the_bar_goes_to_the_picture_there(folder: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        row = (await go(app, pilot, "comma", 4_000))[-2]
        await pilot.click(PastBar, offset=(row.index("─"), 0))
        assert app.dashboard
        dashboard = app.dashboard
        await until(app, pilot, lambda: dashboard.snapshot.step == 0)

    visit(recorded(folder), act)


@pytest.mark.parametrize("key", ["space", "escape"])
def test_a_key_goes_back_to_the_present_and_leaves_the_run_paused(folder: Path, key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await go(app, pilot, "comma", 4_000)
        await go(app, pilot, key, None)
        await go(app, pilot, "comma", 4_000)
        await go(app, pilot, key, None)

    session = recorded(folder)
    visit(session, act)
    assert session.sent == []


def test_a_run_in_training_is_paused_first(folder: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await go(app, pilot, "comma", 4_000)
        session.snapshot = replace(session.snapshot, step=4_600, state="paused")
        session.on_wake()
        await pilot.pause()
        assert app.dashboard
        assert app.dashboard.snapshot.step == 4_000
        await go(app, pilot, "space", None)
        assert app.dashboard.snapshot.step == 4_600

    session = recorded(folder, state="training")
    visit(session, act)
    assert session.sent == ["pause"]


@pytest.mark.parametrize("key", ["i", "r", "s", "u", "o", "(", ">"])
def test_the_past_is_not_changed(folder: Path, key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await go(app, pilot, "comma", 4_000)
        rows = await go(app, pilot, key, 4_000)
        assert any("this is the past" in row for row in rows)

    session = recorded(folder)
    visit(session, act)
    assert session.sent == []


@pytest.mark.parametrize("key", ["c", "x", "right_square_bracket"])
def test_a_recorded_picture_is_not_looked_at_in_another_way(folder: Path, key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await go(app, pilot, "comma", 4_000)
        looked = len(session.views)
        rows = await go(app, pilot, key, 4_000)
        assert any("shows what was looked at" in row for row in rows)
        assert len(session.views) == looked

    session = recorded(folder, replicas=3)
    visit(session, act)


def test_another_run_can_be_begun_from_anywhere(folder: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await go(app, pilot, "comma", 4_000)
        await go(app, pilot, "n", None)

    session = recorded(folder)
    visit(session, act)
    assert session.sent == ["next:preset"]


@pytest.mark.parametrize(
    ("key", "told"),
    [("comma", "nothing is recorded"), ("full_stop", "nothing is recorded"), ("b", "go back first")],
)
def test_without_a_recording_one_line_says_so(key: str, told: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(key)
        await pilot.pause()
        assert any(told in row for row in rows_of(app))

    session = ScriptedSession(SINE)
    visit(session, act)
    assert session.sent == []


def test_a_recording_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("comma")
        await until(app, pilot, lambda: bool(app._notifications))
        assert [told.message for told in app._notifications] == [f"{tmp_path / 'gone'}: is no recording"]
        assert "● paused" in rows_of(app)[0]

    visit(recorded(tmp_path / "gone"), act)


def test_where_there_is_no_earlier_picture_one_line_says_so(tmp_path: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("comma")
        await until(app, pilot, lambda: any("no earlier picture" in row for row in rows_of(app)))

    visit(recorded(write_recording(tmp_path / "run", [at(4_500)])), act)


def test_the_present_has_nothing_after_it(folder: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("full_stop")
        await pilot.pause()
        assert any("this is the present" in row for row in rows_of(app))

    visit(recorded(folder), act)


def test_enter_on_an_event_goes_to_the_picture_before_it(folder: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        app.dashboard.show_pane("events")
        await go(app, pilot, "enter", 3_000)
        await go(app, pilot, "enter", 1_000)
        await pilot.press("up")
        await go(app, pilot, "enter", 0)

    visit(recorded(folder), act)


def test_enter_on_a_death_plays_it_where_nothing_is_recorded() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        app.dashboard.show_pane("events")
        await pilot.press("enter")
        await pilot.pause()
        assert len(app.screen_stack) == 3

    event = Event(12, "unit 1 died", death=OVER_ONE.number)
    visit(ScriptedSession(replace(MAGNITUDE, events=(event,), deaths=(OVER_ONE,))), act)


def test_b_branches_at_the_picture_and_goes_back_to_the_present(folder: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await go(app, pilot, "comma", 4_000)
        await go(app, pilot, "comma", 3_000)
        await go(app, pilot, "b", None)

    session = recorded(folder)
    visit(session, act)
    assert session.sent == ["branch:3000"]


def test_b_branches_between_two_commands_of_one_step_where_the_picture_was_taken_there(tmp_path: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await go(app, pilot, "comma", 3_100)
        await pilot.press("b")
        await pilot.pause()

    lines = [*LINES, Line(3, 3_100, "undid more", "undo"), Line(4, 3_100, "paused", "pause")]
    session = recorded(write_recording(tmp_path / "run", [at(0), at(3_100)], lines), step=3_200)
    visit(session, act)
    assert session.sent == ["branch:3100@3"]


def test_a_course_that_was_left_is_not_branched_from(tmp_path: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await go(app, pilot, "comma", 900)
        rows = await go(app, pilot, "comma", 2_000)
        assert rows[-2].startswith(" abandoned ")
        assert "branch" not in rows[-1]
        rows = await go(app, pilot, "b", 2_000)
        assert any("this course was left before" in row for row in rows)

    taken = [at(step) for step in (0, 1_000, 2_000, 900)]
    session = recorded(write_recording(tmp_path / "run", taken, [Line(0, 900, kind="back")]), step=950)
    visit(session, act)
    assert session.sent == []


def test_the_picture_on_the_screen_is_written_as_svg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        for number in ("", "-2"):
            await pilot.press("e")
            await pilot.pause()
            assert any("wrote " in row for row in rows_of(app))
            svg = (tmp_path / f"sine-31-2000{number}.svg").read_text()
            assert svg.startswith("<svg")
            assert "frequency" in svg

    monkeypatch.chdir(tmp_path)
    visit(ScriptedSession(SINE), act)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("e")
        await pilot.pause()
        assert any("cannot be written" in row for row in rows_of(app))

    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    visit(ScriptedSession(SINE), act)


def test_a_key_goes_farther_while_it_is_held() -> None:
    now = 0.0
    key = HeldKey(lambda: now)
    went = [key.pressed(-1) for _ in range(6 * PRESSES + 1)]
    assert went[: PRESSES + 1] == [-1] * PRESSES + [-2]
    assert went[-1] == went[-2] == -LARGEST
    assert key.pressed(1) == 1
    now += REPEATS
    assert [key.pressed(1), key.pressed(1)] == [1, 1]


PAST = Past(place=5, pictures=11, last=12_000, marks=((1, "command"), (8, "death"), (9, "verdict"), (8, "command")))


def test_the_bar_shows_where_one_is_and_where_things_happened() -> None:
    [row] = track(PAST, 11, "braille").text()
    assert row == "─┆───●──×◆─"
    inks = [int(ink) for ink in track(PAST, 11, "braille").ink[0][[1, 5, 8, 9]]]
    assert inks == [Ink.MARK, Ink.TEXT, Ink.TROUBLE, Ink.TARGET]
    assert track(PAST, 11, "ascii").text() == ["-:---*--xv-"]
    assert track(replace(PAST, pictures=1, place=0, marks=()), 5, "ascii").text() == ["*----"]


@pytest.mark.parametrize("width", [0, 5, 20, 80])
def test_the_bar_fills_its_row_and_no_more(width: int) -> None:
    for past in (PAST, replace(PAST, pace=1 / 8, playing=True, written=True), replace(PAST, pictures=0, place=-1)):
        assert past_line(past, width, "braille").columns == width


def test_the_header_of_the_past_keeps_its_width() -> None:
    first = header_line(replace(at(3_000), past=PAST), 80, "braille").text()[0]
    assert first.endswith("step  3,000 of 12,000   ◂ past     ")
    other = header_line(replace(at(11_000), past=PAST), 80, "braille").text()[0]
    assert first.index("◂") == other.index("◂")
    replay = header_line(replace(at(3_000), past=replace(PAST, pace=2.0)), 80, "ascii").text()[0]
    assert "> replay" in replay


def test_the_keys_of_the_past_and_of_a_replay_are_named() -> None:
    def named(past: Past) -> str:
        return "  ".join(f"{key} {word}" for key, word, _ in key_entries(replace(SINE, past=past), 118, False, ()))

    assert named(PAST).startswith(", back  . on  b branch here  space to the present  e export")
    assert named(replace(PAST, pace=1.0)).startswith("space play  < slower  > faster  , back  . on  l list")
    recorded = replace(SINE, state="paused", recording="/run")
    assert ", back in time" in "  ".join(f"{key} {word}" for key, word, _ in key_entries(recorded, 118, False, ()))
