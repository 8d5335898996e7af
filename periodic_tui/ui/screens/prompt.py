"""A line to type a command into."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Input, Static

from periodic_tui.engine.commands.base import COMMANDS, parse
from periodic_tui.ui.formatting import plain, shortened
from periodic_tui.ui.screens.dismissed_once import DismissedOnce


class Longer(Suggester):
    """Suggests the first of its words that goes on from what was typed."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._words = words

    async def get_suggestion(self, value: str) -> str | None:
        return next((word for word in self._words if word.startswith(value) and word != value), None)


class Prompt(DismissedOnce, ModalScreen[str | None]):
    """Returns the words of a command, or None. While they are typed it completes them and says what they do."""

    DEFAULT_CSS = """
    Prompt {
        align: left bottom;
        background: transparent;
        Input, Static { width: 1fr; height: 1; padding: 0; background: $surface; }
        Static { text-wrap: nowrap; }
        Static.-wrong { color: $trouble; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "close"),
        Binding("tab", "complete", "complete", priority=True),
    ]

    def __init__(self, remedies: Sequence[str] = ()) -> None:
        super().__init__()
        self._said = Static(id="said", markup=False)
        suggester = Longer(list(completions(remedies)))
        told = "a command; tab completes, enter sends, esc closes"
        self._line = Input(placeholder=told, suggester=suggester, compact=True)

    def compose(self) -> ComposeResult:
        yield self._said
        yield self._line

    def on_mount(self) -> None:
        self._line.cursor_blink = False
        self._say(meaning(""))

    def on_input_changed(self, event: Input.Changed) -> None:
        self._say(meaning(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        words = event.value.strip()
        if not words:
            self.dismiss(None)
            return
        try:
            parse(words)
        except ValueError as problem:
            self._say(str(problem), wrong=True)
        else:
            self.dismiss(words)

    def action_complete(self) -> None:
        """Take over the completion that is shown."""
        self._line.action_end()
        self._line.action_cursor_right()

    def _say(self, text: str, wrong: bool = False) -> None:
        self._said.set_class(wrong, "-wrong")
        self._said.update(in_a_line(text, self.size.width))


def completions(remedies: Sequence[str]) -> Iterator[str]:
    """What can be typed, in the order in which it is offered: words, then words with what they take."""
    from periodic_tui.engine.experiment.mid_run import changeable_keys  # brings the validator

    for word, command in COMMANDS.items():
        yield f"{word}:" if command.takes.startswith(":") else word
    yield from (f"remedy:{name}" for name in remedies)
    yield from (f"set:{key}=" for key in changeable_keys())


def meaning(text: str) -> str:
    """What the command does whose word was typed, or which words begin so."""
    word = text.strip().partition(":")[0]
    if command := COMMANDS.get(word):
        help_text = (command.__doc__ or "").partition("\n")[0]
        return f"{word}{command.takes}: {help_text}"
    return " ".join(known for known in COMMANDS if known.startswith(word)) or f"no command begins with {word}"


def in_a_line(text: str, width: int) -> str:
    """A sentence in so many cells; of an error that is too long, rather the nearest name than the list of all."""
    line = plain(text)
    if len(line) > width:
        line = re.sub(r", expected one of [^;]*", "", line)
        line = re.sub(r"(did you mean [^,? ]+)[^?]*\?.*", r"\1?", line)
    return shortened(line, width)
