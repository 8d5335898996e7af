"""The last row of the screen: which keys it names, when."""

from dataclasses import replace

import pytest
from textual.binding import Binding
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import Past, Snapshot
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.keys import KEYS, action_for
from periodic_tui.ui.widgets.key_line import key_entries
from tests.ui.deaths import OVER_ONE
from tests.ui.scripted import MAGNITUDE, SINE, STARTING, ScriptedSession, drawn, rows_of, visit

DIED = replace(MAGNITUDE, deaths=(OVER_ONE,))


def named(snapshot: Snapshot, width: int = 78) -> list[str]:
    return [f"{key} {word}" for key, word, _ in key_entries(snapshot, width, alone=False, hints=())]


@pytest.mark.parametrize(
    ("snapshot", "first"),
    [
        (STARTING, ["l list"]),
        (SINE, ["space pause", "i inject", "r start over", "f remedies"]),
        (replace(SINE, state="paused"), ["space go on", "i inject", "r start over", "f remedies", "s step"]),
        (replace(DIED, stage="range ±0.02"), ["space pause", "> faster", "u undo"]),
        (MAGNITUDE, ["x stop at death", "space pause"]),
        (DIED, ["d replay", "space pause", "r start over", "f remedies"]),
        (
            replace(DIED, state="paused", stops_at_death=True),
            ["x next death", "d replay", "space go on", "r start over", "f remedies"],
        ),
    ],
)
def test_the_keys_that_matter_now_come_first_and_help_and_quit_stay(snapshot: Snapshot, first: list[str]) -> None:
    keys = named(snapshot)
    assert keys[: len(first)] == first
    assert keys[-2:] == ["? help", "q quit"]
    assert len("  ".join(keys)) <= 78


@pytest.mark.parametrize("width", [0, 20, 78, 118, 198])
def test_no_key_is_cut(width: int) -> None:
    assert named(DIED, width)[-2:] == ["? help", "q quit"]
    assert width < 20 or len("  ".join(named(DIED, width))) <= width


def test_a_pane_that_the_user_turned_to_names_its_keys() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert "zoom" not in rows_of(app)[-1]
        assert app.dashboard
        app.dashboard.show_pane("loss")
        await drawn(app, pilot)
        assert rows_of(app)[-1].startswith(" + - zoom  arrows move  space pause")
        await pilot.press("z")
        await drawn(app, pilot)
        assert rows_of(app)[-1].startswith(" esc all panes  + - zoom")

    visit(ScriptedSession(SINE), act, (80, 24))


def test_a_click_does_what_the_key_does() -> None:
    session = ScriptedSession(SINE)

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        column = rows_of(app)[-1].index("i inject")
        await pilot.click("KeyLine", offset=(column, 0))
        assert session.sent == ["inject"]

    visit(session, act)


EVERY_STATE = [
    STARTING,
    replace(DIED, state="paused", stops_at_death=True, recording="/x", replicas=3),
    replace(DIED, stage="range ±0.02"),
    replace(SINE, past=Past(place=5, pictures=11, last=12_000)),
    replace(SINE, past=Past(place=5, pictures=11, last=12_000, pace=1.0, playing=True)),
]


@pytest.mark.parametrize("snapshot", EVERY_STATE)
def test_a_click_on_any_key_does_what_that_key_is_bound_to(snapshot: Snapshot) -> None:
    bound = {binding.action for binding in KEYS if isinstance(binding, Binding)}
    entries = key_entries(snapshot, 400, alone=False, hints=())
    assert len(entries) > 2
    assert {action_for(does) for _, _, does in entries} <= bound
