"""The dashboard on a script: which panes and keys there are, what the lines say, and how one leaves."""

import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import get_args

import pytest
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import Screen

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.plotting.glyphs import GLYPH_SETS
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.child import Ended
from periodic_tui.ui.dashboard import Dashboard
from periodic_tui.ui.keys import KEYS, training_key
from periodic_tui.ui.screens.leave import Leave
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.widgets.key_line import key_entries
from tests.ui.scripted import SINE, ScriptedSession, drawn, framed, placed, rows_of, sent, show
from tests.ui.scripts import DEEP, EARLIER, FAILED, LOGGED, SCRIPT, SMALL

SIZES = [(80, 24), (120, 40), (200, 60)]
SERVE = {
    "space", "less_than_sign", "greater_than_sign", "s", "l", "question_mark", "q", "z", "comma", "full_stop", "e",
    "tab", "shift+tab", "h", "ctrl+l", "ctrl+z", "escape",
}  # fmt: skip
BINDINGS = [binding for binding in KEYS if isinstance(binding, Binding)]
TRAIN = [each.key.split(",")[0] for each in BINDINGS if each.key.split(",")[0] not in SERVE]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("snapshot", [SMALL, DEEP, LOGGED])
def test_only_panes_that_mean_something_have_a_place(snapshot: Snapshot, size: tuple[int, int]) -> None:
    panes = ["loss", "units", "layers", "verdict", "output", "events"]
    assert placed(snapshot, size=size) == (panes[:-1] if size[0] == 80 else panes)


def test_without_units_the_layers_have_a_row_of_their_own_still() -> None:
    rows = show(replace(SMALL, layers=()))
    assert sum("╭" in row and row.count("╭") == 1 for row in rows) == 5


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("glyphs", get_args(Glyphs))
@pytest.mark.parametrize("snapshot", [SMALL, DEEP, LOGGED, FAILED, EARLIER])
def test_every_screen_is_whole(snapshot: Snapshot, size: tuple[int, int], glyphs: Glyphs) -> None:
    rows = show(snapshot, size=size, glyphs=glyphs)
    assert [len(row) for row in rows] == [size[0]] * size[1]
    assert not any("damaged" in row for row in rows)
    assert all(GLYPH_SETS[glyphs].holds(character) for row in rows for character in row)
    assert "? help  q quit" in rows[-1]


@pytest.mark.parametrize("size", SIZES)
def test_the_header_tells_script_models_optimizer_rate_and_state(size: tuple[int, int]) -> None:
    first, second = show(SMALL, size=size)[:2]
    assert all(part in first for part in ("train.py", "step     4,000", " 1.23k", "● training"))
    assert "SGD, lr 0.01 · batch 50 · 120 looks, 1.2 % of the time" in second
    assert "Sequential, 571 parameters" in first


def test_an_earlier_picture_is_the_past_and_has_the_bar() -> None:
    rows = show(EARLIER)
    assert "step 1,000 of 4,000" in rows[0]
    assert "◂ past" in rows[0]
    assert "steps/s" not in rows[0]
    assert "4 of 10, being written" in rows[-2]
    assert "space to the present" in rows[-1]
    assert not any("being written" in row for row in show(SMALL))


@pytest.mark.parametrize("size", SIZES)
def test_the_verdict_and_a_failure_are_read_at_once(size: tuple[int, int]) -> None:
    rows = show(SMALL, size=size)
    assert any("all 10 units are dead since step 12" in row or "All 10 units of layer 3" in row for row in rows)
    rows = show(FAILED, size=size)
    assert "● finished" in rows[0]
    assert any("exit code 1" in row for row in rows)
    assert any("ValueError: a shape" in row for row in rows)
    assert size[0] == 80 or any("All 10 units of layer 3" in row for row in rows)


def test_a_signal_that_ended_it_is_told_and_a_good_end_is_not() -> None:
    killed = replace(FAILED, script=replace(SCRIPT, code=128 + signal.SIGKILL))
    assert any("The script was ended by signal 9." in row for row in show(killed))
    well = replace(FAILED, script=replace(SCRIPT, code=0))
    assert not any("The script" in row for row in show(well))


def test_what_was_logged_stands_beside_the_loss_by_name() -> None:
    from periodic_tui.ui.panes.loss import LossPane

    rows = framed(LossPane, LOGGED, (80, 18))
    assert any("val loss" in row for row in rows)
    assert "accuracy" in rows[0]
    assert "batch 2.01    · val loss 2.40    · accuracy 0.998" in rows[-1]
    assert not any("probe" in row for row in rows)


def test_values_that_were_logged_without_a_loss_have_the_pane_too() -> None:
    assert "loss" in placed(replace(LOGGED, train_curve=SINE.omega_curve.__class__()))


@pytest.mark.parametrize("key", TRAIN)
def test_a_key_that_trains_is_refused_in_one_sentence(key: str) -> None:
    assert training_key(key)
    assert sent(SMALL, key) == []
    rows = show(SMALL, key)
    assert any("a script is only watched" in row for row in rows)


@pytest.mark.parametrize("key", sorted(SERVE))
def test_the_other_keys_are_not(key: str) -> None:
    assert not training_key(key)


def test_help_palette_and_key_line_name_only_keys_that_serve() -> None:
    rows = "\n".join(show(SMALL, "?", size=(100, 100)))
    bindings = {each.key.split(",")[0]: each.tooltip for each in BINDINGS}
    assert [key for key in TRAIN if f"  {bindings[key]}" in rows] == []
    assert bindings["comma"] in rows
    assert "The layer above" in rows
    named = {does for snapshot in (SMALL, EARLIER, FAILED) for _, _, does in key_entries(snapshot, 200, False, ())}
    assert not any("inject" in does or does in ("remedies", "branch", "landscape") for does in named)
    assert not any("inject" in row for row in show(SMALL, "ctrl+p", *"inject", "enter"))


def test_no_key_asks_for_another_picture() -> None:
    rows = show(SMALL, "tab", "tab", "tab", "tab", "tab")
    assert not any("a recorded picture shows" in row for row in rows)


# Leaving.


@dataclass
class Stopped:
    code: int


@dataclass
class ScriptedChild:
    """A script that ends by the signals that it heeds."""

    heeds: tuple[int, ...] = (signal.SIGINT,)
    got: list[int] = field(default_factory=list)
    ended: Stopped | None = None

    def poll(self) -> Ended | None:
        return self.ended

    def send_signal(self, number: int) -> None:
        self.got.append(number)
        if number in self.heeds:
            self.ended = Stopped(128 + number)


def leave(child: ScriptedChild, act: Callable[[PeriodicApp, Pilot[None]], Awaitable[None]]) -> PeriodicApp:
    import asyncio

    snapshot = replace(SMALL, recording="/runs/20261126-train")
    app = PeriodicApp(Opening("", "", ""), lambda: (ScriptedSession(snapshot), []), child=child)

    async def run() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            while not isinstance(app.screen, Dashboard):
                await pilot.pause(0.01)
            await drawn(app, pilot)
            await act(app, pilot)

    asyncio.run(run())
    return app


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if holds():
            return
        await pilot.pause(0.01)
    raise AssertionError("it never happened")


def test_q_asks_while_the_script_runs_and_escape_stays() -> None:
    child = ScriptedChild()

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("q")
        await pilot.pause()
        assert isinstance(app.screen, Leave)
        assert any("replay 20261126-train" in row for row in rows_of(app))
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, Dashboard)
        assert app.return_code is None

    leave(child, act)
    assert child.got == []


def test_it_may_run_on() -> None:
    child = ScriptedChild()

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("q", "l")
        await until(pilot, lambda: app.return_code is not None)

    assert leave(child, act).return_code == 0
    assert (child.got, child.ended) == ([], None)


def test_it_is_ended_as_by_ctrl_c_and_one_leaves_once_it_has() -> None:
    child = ScriptedChild()

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("q", "e")
        await until(pilot, lambda: app.return_code is not None)

    leave(child, act)
    assert child.got == [signal.SIGINT]


def test_a_script_that_does_not_heed_that_is_asked_again_more_firmly_and_only_by_the_user() -> None:
    child = ScriptedChild(heeds=(signal.SIGKILL,))

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("q", "e")
        await pilot.pause(0.5)
        assert isinstance(app.screen, Leave)
        assert any("it may be saving" in row for row in rows_of(app))
        await pilot.press("e", "e")
        await until(pilot, lambda: app.return_code is not None)

    leave(child, act)
    assert child.got == [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


def test_once_it_has_ended_q_leaves_at_once() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press("q")
        await until(pilot, lambda: app.return_code is not None)

    assert leave(ScriptedChild(ended=Stopped(0)), act).return_code == 0


def test_it_is_asked_once_and_over_whatever_screen() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        app.push_screen(Screen())
        await pilot.pause()
        await app.run_action("quit")
        await pilot.pause()
        await app.run_action("quit")
        await pilot.pause()
        assert [isinstance(screen, Leave) for screen in app.screen_stack].count(True) == 1
        assert app.return_code is None

    leave(ScriptedChild(), act)
