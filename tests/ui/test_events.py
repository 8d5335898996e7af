from dataclasses import replace

from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot

from periodic_tui.engine.snapshot import Event
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.panes.events import EventsPane, event_lines
from tests.ui.scripted import MAGNITUDE, ScriptedSession, drawn, framed, nowhere, rows_of, visit

LONG = Event(700, "a long story " * 30 + "and its end")
DEATH = Event(812, "unit 3 of hidden.0 died", death=5)
MANY = replace(MAGNITUDE, events=(*(Event(n, f"event number {n}") for n in range(20)), LONG, DEATH))


def test_a_long_event_takes_two_lines_and_ends_in_dots() -> None:
    rows = framed(EventsPane, MANY, (120, 9))
    story = [row for row in rows if "a long story" in row]
    assert len(story) == 2
    assert "…" in story[1]
    assert any("event number 16" in row for row in rows)


def test_a_death_that_can_be_played_again_bears_a_mark() -> None:
    assert [row for row in framed(EventsPane, MANY, (120, 9)) if "▶ unit 3" in row]
    assert [row for row in framed(EventsPane, MANY, (120, 9), "ascii") if "> unit 3" in row]
    assert "▶" not in "".join(framed(EventsPane, replace(MANY, events=MANY.events[:-1]), (120, 9)))


def test_a_single_row_keeps_a_death_while_only_the_pace_changes() -> None:
    paced = (Event(812, "set the pace to 5 steps/s", "pace:5"), Event(813, "resumed", "resume"))
    with nowhere():
        [row] = EventsPane().draw(replace(MANY, events=(*MANY.events, *paced)), Size(78, 1)).text()
        assert "unit 3 of hidden.0 died" in row
        [row] = EventsPane().draw(replace(MANY, events=paced), Size(78, 1)).text()
        assert "resumed" in row


def test_the_cursor_shows_an_event_in_full_and_keys_act_on_it() -> None:
    played: list[int] = []
    sought: list[int] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        pane = app.dashboard.panes["events"]
        post = pane.post_message

        def caught(message: Message) -> bool:
            if isinstance(message, EventsPane.Play):
                played.append(message.number)
            elif isinstance(message, EventsPane.Go):
                sought.append(message.event.step)
            return post(message)

        vars(pane)["post_message"] = caught
        app.dashboard.show_pane("events")
        await pilot.press("enter")
        assert "d: play again" in "".join(rows_of(app))
        await pilot.press("up")
        await drawn(app, pilot)
        assert "and its end" in "".join(rows_of(app))
        assert "700<" in "".join(rows_of(app))
        await pilot.press("d", "enter", *["up"] * 30)
        await drawn(app, pilot)
        assert any(" 0< event number 0 " in row for row in rows_of(app))
        await pilot.press(*["down"] * 30, "d")
        await drawn(app, pilot)
        assert played == [5]

    visit(ScriptedSession(MANY), act)
    assert sought == [812, 700]


def test_the_cursor_stays_on_its_event_when_others_come() -> None:
    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        assert app.dashboard
        app.dashboard.show_pane("events")
        await pilot.press("up", "up")
        session.snapshot = replace(MANY, events=(*MANY.events[1:], Event(900, "news")))
        app.dashboard.poll()
        await drawn(app, pilot)
        assert any("19< event number 19" in row for row in rows_of(app))

    session = ScriptedSession(MANY)
    visit(session, act)


def test_one_row_holds_whole_clauses_of_a_death() -> None:
    text = (
        "unit 3 of hidden.0 died: active on 61 of 4,096 probe points before the step, on none after it; its bias fell"
    )
    [(_, line)] = event_lines(Event(812, text, death=0), 80, 1, "braille")
    assert line == "▶ unit 3 of hidden.0 died"
    [(_, line)] = event_lines(Event(812, text), 120, 1, "braille")
    assert line.endswith("on none after it")
