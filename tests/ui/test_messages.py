"""What was printed past the screen, among the events of the run, and in the last row."""

from dataclasses import replace

from periodic_tui.engine.snapshot import Event
from periodic_tui.ui.messages import MOST, Messages
from periodic_tui.ui.terminal.stray import Stray
from periodic_tui.ui.widgets.key_line import key_entries
from tests.ui.scripted import SINE


class Told(Stray):
    """Was told lines, and none was printed."""

    def tell(self, *lines: str) -> None:
        self._take("".join(f"{line}\n" for line in lines).encode(), -1)


def texts(events: tuple[Event, ...]) -> list[str]:
    return [event.text for event in events]


def test_without_a_word_nothing_changes() -> None:
    assert Messages(None).look(SINE) is SINE
    assert Messages(Stray()).look(SINE) is SINE


def test_a_message_stands_at_the_step_at_which_it_was_seen() -> None:
    stray = Told()
    messages = Messages(stray)
    stray.tell("first \x1b[2J\x1b[31mred")
    seen = messages.look(replace(SINE, step=2_000))
    assert (seen.events[-1].step, seen.events[-1].text) == (2_000, "printed: first red")
    stray.tell("second")
    assert texts(messages.look(replace(SINE, step=3_000)).events)[-2:] == ["printed: first red", "printed: second"]
    assert messages.count == 2


def test_the_past_knows_nothing_of_what_was_printed_later_and_another_run_keeps_it() -> None:
    stray = Told()
    messages = Messages(stray)
    stray.tell("a word")
    messages.look(replace(SINE, step=2_000))
    assert "printed: a word" not in texts(messages.look(replace(SINE, step=1_000)).events)
    assert "printed: a word" in texts(messages.look(replace(SINE, run=2, step=0)).events)


def test_only_the_newest_are_remembered_and_all_are_counted() -> None:
    stray = Told()
    messages = Messages(stray)
    for number in range(3):
        stray.tell(*(f"{number} {line}" for line in range(1_000)))
        seen = messages.look(SINE)
    assert texts(seen.events)[-1] == "printed: 2 999"
    assert len(seen.events) <= len(SINE.events) + MOST
    assert messages.count == 3_000


def test_the_last_row_counts_them() -> None:
    def last(messages: int) -> list[str]:
        return [f"{key} {word}" for key, word, _ in key_entries(SINE, 78, False, (), messages)][-3:]

    assert last(1) == ["! 1 message", "? help", "q quit"]
    assert last(1_234)[0] == "! 1,234 messages"
    assert "!" not in "".join(last(0))
