import asyncio
from collections.abc import Sequence

import pytest
from textual.app import App
from textual.widgets import Input

from periodic_tui.ui.screens.prompt import Prompt, completions, in_a_line, meaning
from periodic_tui.ui.themes import DARK_INKS


class Tiny(App[None]):
    """Nothing but a prompt, and what it returned."""

    returned: Sequence[str | None] = ()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DARK_INKS

    def on_mount(self) -> None:
        self.push_screen(Prompt(["widen-range"]), lambda words: setattr(self, "returned", [words]))


def typed(*keys: str) -> tuple[Sequence[str | None], str, str]:
    """What the prompt returned after some keys, what stands in it, and what it says."""
    app = Tiny()
    seen: list[str] = []

    async def run() -> None:
        async with app.run_test(size=(60, 10)) as pilot:
            await pilot.press(*keys)
            await pilot.pause()
            if isinstance(app.screen, Prompt):
                seen.extend([app.screen.query_one(Input).value, str(app.screen.query_one("#said").render())])

    asyncio.run(run())
    line, said = seen or ["", ""]
    return app.returned, line, said


def test_enter_returns_the_words_of_a_command() -> None:
    assert typed(*"set:optimizer.momentum=0.9", "enter") == (["set:optimizer.momentum=0.9"], "", "")
    assert typed(" ", *"undo", " ", "enter")[0] == ["undo"]


def test_escape_returns_none_and_so_does_an_empty_line() -> None:
    assert typed(*"undo", "escape")[0] == [None]
    assert typed(" ", "enter")[0] == [None]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("injct", "unknown command 'injct'; did you mean inject?"),
        ("pace:fast", "a pace must be a number, got 'fast'"),
        ("undo:2", "undo takes no argument, got '2'"),
        ("set:optimizer.lr", "expected set:KEY=VALUE, got set:optimizer.lr"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_the_words_stay(words: str, said: str) -> None:
    assert typed(*words, "enter") == ((), words, said)


def test_while_a_word_is_typed_its_help_is_shown() -> None:
    assert typed(*"scale-lr")[2] == "scale-lr:FACTOR: Multiply the learning rate."
    assert typed(*"inj")[2] == "inject inject-beside"
    assert meaning("zebra") == "no command begins with zebra"


def test_tab_completes_words_remedies_and_keys_that_mid_run_takes() -> None:
    assert typed(*"rein", "tab")[1] == "reinitialize"
    assert typed(*"remedy:w", "tab", "enter")[0] == ["remedy:widen-range"]
    assert typed(*"set:optimizer.mom", "tab", *"0.9", "enter")[0] == ["set:optimizer.momentum=0.9"]


def test_what_needs_a_new_run_is_not_offered() -> None:
    offered = list(completions([]))
    assert {"set:domain.train=", "set:model.activation.omega_0=", "set:model.activation.b="} <= set(offered)
    assert not any(words.startswith("set:model.hidden") for words in offered)


def test_a_line_too_long_keeps_the_nearest_name() -> None:
    assert in_a_line("unknown x, expected one of a, b, c; did you mean b?", 30) == "unknown x; did you mean b?"
    assert in_a_line("a\nb" + 30 * "c", 10) == "a bcccccc…"
