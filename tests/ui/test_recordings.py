"""Recordings on the screen: replayed by themselves, listed beside the presets, and played over the dashboard."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textual.pilot import Pilot

from periodic_tui.engine.recording import layout, lock
from periodic_tui.engine.recording.library import Library
from periodic_tui.engine.snapshot import Event, Features, Landscape, Layer, Snapshot
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.dashboard import Dashboard, ReplayScreen
from periodic_tui.ui.formatting import ago
from periodic_tui.ui.past.playback import Playback
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.session import Session
from tests.recordings import CREATED, write_json, write_recording
from tests.ui.deaths import OVER_ONE, OVER_TWO
from tests.ui.past.test_travel import LINES, PAST, SIZES, at, until
from tests.ui.scripted import MAGNITUDE, PRESETS, SINE, ScriptedSession, drawn, placed, rows_of

Act = Callable[[PeriodicApp, Pilot[None]], Awaitable[None]]


def opened(session: Session, act: Act, root: Path, size: tuple[int, int] = (120, 40)) -> None:
    """Open a screen beside the recordings in a folder, with its session in a thread, and act on it."""
    opening = Opening("sine-31", "", "", "reading it")
    app = PeriodicApp(opening, lambda: (session, PRESETS), recordings=Library(root).runs)

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            while not isinstance(app.screen, Dashboard):
                await pilot.pause(0.01)
            await drawn(app, pilot)
            await act(app, pilot)
        session.stop()

    asyncio.run(run())


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told stays until a test on a busy machine has seen it."""
    monkeypatch.setattr(PeriodicApp, "NOTIFICATION_TIMEOUT", 60.0)


def still(folder: Path) -> Playback:
    """A replay in which no time passes."""
    return Playback(folder, clock=lambda: 0.0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two recordings, of which the newer one is being written."""
    old = write_recording(tmp_path / "old", [at(step) for step in range(0, 5_000, 1_000)], LINES, apart=1_000.0)
    status = {"step": 4_000, "verdict": "stuck-outside-basin", "time": time.time() - 7_200, "ended": "closed"}
    write_json(old / layout.STATUS, status)
    new = write_recording(tmp_path / "new", [at(500)], name="ln\x1b[31m")
    about = {"kind": layout.MARKER, "name": "ln\x1b[31m", "title": "A logarithm", "created": CREATED + 1}
    write_json(new / layout.ABOUT, about)
    assert lock.take(new)
    return tmp_path


async def at_step(app: PeriodicApp, pilot: Pilot[None], step: int) -> list[str]:
    def is_there() -> bool:
        return (
            isinstance(app.screen, Dashboard)
            and app.screen.snapshot.past is not None
            and app.screen.snapshot.step == step
        )

    await until(app, pilot, is_there)
    return rows_of(app)


def is_listed(app: PeriodicApp) -> bool:
    """Whether the recordings have been found."""
    return any(" now " in row and "● new" in row for row in rows_of(app))


@pytest.mark.parametrize("size", SIZES)
def test_a_recording_is_played_in_the_same_panes(root: Path, size: tuple[int, int]) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        rows = await at_step(app, pilot, 0)
        assert "step     0 of 4,000   ▶ replay" in rows[0]
        assert rows[-2].startswith(" ▶ 1× ")
        assert rows[-1].startswith(" space pause  < slower  > faster  , back  . on")
        await pilot.press("space", ">", ">", "<", ".")
        rows = await at_step(app, pilot, 1_000)
        assert rows[-2].startswith(" ‖ 2× ")
        assert any("probe 0.100 " in row for row in rows)
        await pilot.press(".", ".", ".", ".", ".")
        rows = await at_step(app, pilot, 4_000)
        assert rows[-2].rstrip().endswith("● 5 of 5")

    opened(still(root / "old"), act, root, size)


@pytest.mark.parametrize("key", ["i", "r", "1", "n", "u", "b", "(", "H"])
def test_keys_that_would_train_are_refused_in_one_line(root: Path, key: str) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await at_step(app, pilot, 0)
        await pilot.press(key)
        await drawn(app, pilot)
        assert any("this is a recording, in" in row for row in rows_of(app))

    opened(still(root / "old"), act, root)


def test_enter_on_an_event_of_a_replay_goes_before_it(root: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await at_step(app, pilot, 0)
        await pilot.press(*[".", ".", ".", "."])
        await at_step(app, pilot, 4_000)
        assert app.dashboard
        app.dashboard.show_pane("events")
        await pilot.press("enter")
        await at_step(app, pilot, 3_000)

    opened(still(root / "old"), act, root)


def test_what_cannot_be_read_is_said_and_ends_with_the_exit_code_of_bad_input(tmp_path: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await until(app, pilot, lambda: any("holds no pictures" in row for row in rows_of(app)))

    session = Playback(write_recording(tmp_path / "run", []))
    opened(session, act, tmp_path)
    assert session.failure


def test_the_list_has_the_recordings_on_a_second_page(root: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("l")
        await drawn(app, pilot)
        assert any("tab recordings" in row for row in rows_of(app))
        await pilot.press("tab")
        await until(app, pilot, lambda: is_listed(app))
        rows = [row.partition("│ ")[2].rpartition(" │")[0] for row in rows_of(app)]
        [new] = [row for row in rows if " new " in row]
        [old] = [row for row in rows if " old " in row]
        assert rows.index(new) < rows.index(old)
        assert new.split()[:2] == ["●", "new"]
        assert old.split()[:6] == ["old", "4,000", "stuck-outside-basin", "2", "h", "ago"]
        assert "\x1b" not in "".join(rows)
        assert any("recordings" in row for row in rows_of(app))
        await pilot.press("tab")
        await drawn(app, pilot)
        assert any("1 sine-31" in row for row in rows_of(app))

    opened(ScriptedSession(SINE), act, root, (80, 24))


def test_enter_replays_a_recording_over_the_run_and_escape_goes_back_to_it(root: Path) -> None:
    session = ScriptedSession(SINE)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("l", "tab")
        await until(app, pilot, lambda: is_listed(app))
        await pilot.press("down", "enter")
        await until(app, pilot, lambda: isinstance(app.screen, ReplayScreen) and app.screen.snapshot.past is not None)
        assert rows_of(app)[-1].startswith(" esc close the replay  space p")
        session.snapshot = replace(SINE, step=2_500)
        session.on_wake()
        await pilot.press("i", *[","] * 5)
        await at_step(app, pilot, 0)
        await pilot.press(".")
        await at_step(app, pilot, 1_000)
        await pilot.press("escape")
        await until(app, pilot, lambda: app.screen is app.dashboard)
        assert "step     2,500" in rows_of(app)[0]
        assert isinstance(app.screen_stack[-1], Dashboard)

    opened(session, act, root)
    assert session.sent == []


def test_a_replay_lists_recordings_first_and_without_any_says_so(root: Path, tmp_path: Path) -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await at_step(app, pilot, 0)
        await pilot.press("l")
        await until(app, pilot, lambda: any("there are none" in row for row in rows_of(app)))
        await pilot.press("enter", "escape")

    opened(still(root / "old"), act, root / "old" / "nothing")


def test_a_pane_of_which_the_picture_holds_nothing_gives_up_its_place() -> None:
    assert "landscape" in placed(SINE)
    assert "landscape" not in placed(replace(SINE, past=PAST))
    wide = replace(MAGNITUDE, layers=(Layer("hidden.0", MAGNITUDE.layers[0].activity.repeat(8)),))
    assert "features" in placed(wide, size=(200, 60))
    assert "features" not in placed(replace(wide, past=PAST), size=(200, 60))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (7_300, "2 h ago"),
        (86_400, "1 day ago"),
        (1e6, "11 days ago"),
    ],
)
def test_ages_are_told_in_one_unit(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def changed(snapshot: Snapshot, name: str, **parts: Any) -> Snapshot:
    """A picture with other arrays in one of its values."""
    changes: dict[str, Any] = {name: replace(getattr(snapshot, name), **parts)}
    return replace(snapshot, **changes)


def nonsense() -> Iterator[Snapshot]:
    """Pictures whose figures do not fit together."""
    [layer] = MAGNITUDE.layers
    yield at(0)
    for array in (np.zeros(3), np.zeros((2, 3)), np.full((3, 3, 3), np.inf)):
        for name in ("train_curve", "omega_curve", "abandoned_curve"):
            for part in ("step", "low"):
                yield changed(replace(at(0), abandoned_curve=SINE.train_curve), name, **{part: array})
        for part in ("x", "target"):
            yield changed(at(0), "fit", **{part: array})
            yield changed(MAGNITUDE, "fit", **{part: array})
        for part in ("activity", "incoming", "outgoing"):
            changes: dict[str, Any] = {part: array}
            yield replace(MAGNITUDE, layers=(replace(layer, **changes),))
        yield replace(at(0), omega=array, answer=array, landscape=Landscape(x=array), features=Features("PCA", array))
    yield replace(at(0), events=(Event(0, "later", "unheard-of:3"),), must_show=("unheard of",))
    yield replace(MAGNITUDE, layers=(replace(layer, dead=(-5, 99), groups=((7, 9),), duplicate=((7, 9),)),))
    yield replace(MAGNITUDE, deaths=(replace(OVER_ONE, film=()), replace(OVER_TWO, x=np.zeros(1), layer=9, unit=9)))


def test_pictures_of_strangers_end_nothing_whatever_they_hold(tmp_path: Path) -> None:
    pictures = list(nonsense())
    folder = write_recording(tmp_path / "strange", [replace(each, step=n) for n, each in enumerate(pictures)])

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert isinstance(app.session, Playback)
        await at_step(app, pilot, 0)
        for step in range(1, len(pictures)):
            app.session.turn(1)
            await at_step(app, pilot, step)
        await pilot.press("d")
        await pilot.pause()

    opened(still(folder), act, tmp_path)


REPLAY = """
import asyncio, sys
from pathlib import Path
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.past.playback import Playback
from periodic_tui.ui.screens.opening import Opening

app = PeriodicApp(Opening("", "", ""), lambda: (Playback(Path(sys.argv[1])), ()))

async def main():
    async with app.run_test(size=(120, 40)) as pilot:
        while not (app.dashboard and app.dashboard.snapshot.past):
            await pilot.pause(0.01)
        await pilot.press(">", ".", ".", ",", "e", "l", "tab", "escape", "question_mark", "escape", "i", "x", "b", "d")
        await pilot.pause()
        app.session.stop()

asyncio.run(main())
print("torch" in sys.modules)
"""


def test_a_replay_never_imports_torch(root: Path, tmp_path: Path) -> None:
    script = tmp_path / "replay.py"
    script.write_text(REPLAY)
    folder = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, script, root / "old"],
        env=os.environ | {"PYTHONPATH": str(folder)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout == "False\n"
