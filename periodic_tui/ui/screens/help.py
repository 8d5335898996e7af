"""The help screen: what to watch, every key, and what every word means; all of it can be searched."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.reactive import var
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.ui.formatting import literal
from periodic_tui.ui.glossary import GLOSSARY
from periodic_tui.ui.script_glossary import SCRIPT_GLOSSARY, SCRIPT_KEYS, STORY

Rows = Mapping[str, str]
"""Keys, or a word, and what they mean."""

KEY_GROUPS = {
    "run": ("toggle-pause", "step", "slower", "faster", "stop-at-death", "play-death", "undo", "compare"),
    "the past": ("scrub", "branch", "export-picture"),
    "answer and start": ("inject", "inject-beside", "toggle-hold", "reinitialize", "next.seed"),
    "remedies": ("remedies",),
    "presets": ("next.preset", "previous.preset", "list-presets", "load-preset"),
    "what is trained": ("next.optimizer", "next.activation", "scale-lr"),
    "panes": ("turn-pane", "zoom-pane", "hide-pane", "messages", "landscape", "turn-replica"),
    "program": ("prompt", "help", "back", "redraw", "suspend-process", "quit"),
}
"""Ids of keys, up to a number behind a dot."""
IN_A_PANE = "in the pane in focus"
"""The group of all other keys."""
NOTHING: Rows = {}
LEFT = 21
"""Columns of keys and words: as many as the longest verdict has."""


class Sought(Input):
    """A line of text that leaves ? to whoever closes the screen by it."""

    cursor_blink = var(False)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character != "?" and super().check_consume_key(key, character)


class Help(ModalScreen[None]):
    """The preset's story, the keys that act now in groups, and the glossary, with a line to search them by."""

    DEFAULT_CSS = """
    Help {
        align: center middle;
        VerticalScroll { width: 80; max-width: 100%; height: auto; max-height: 100%; border: round $network; }
        Static { width: 1fr; padding: 0 1; }
        Input { margin: 0 1; width: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1", "dismiss", "close"),
        Binding("question_mark", "dismiss", "close", priority=True),
        Binding("up", "scroll(-1)"),
        Binding("down", "scroll(1)"),
        Binding("pageup", "scroll(-10)"),
        Binding("pagedown", "scroll(10)"),
    ]

    def __init__(self, title: str, story: str, keys: Mapping[str, Rows], words: Mapping[str, Rows] = GLOSSARY) -> None:
        super().__init__()
        self._story = f"{title}\n\n{' '.join(story.split())}\n"
        self._sections = {**keys, **words}

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False) as box:
            box.border_title = "help"
            yield Sought(placeholder="type to search keys and words", compact=True)
            yield Static(literal(self._story), id="told", markup=False)
            yield Static(id="found")

    def on_mount(self) -> None:
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def action_scroll(self, rows: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=rows, animate=False)

    def _show(self, sought: str) -> None:
        self.query_one("#told").display = not sought
        found = matching(self._sections, sought)
        tables = [part for heading, rows in found.items() for part in (Text(f"\n{heading}", "bold"), _table(rows))]
        self.query_one("#found", Static).update(Group(*tables) if tables else Text("nothing found"))


def help_on(screen: Screen[Any], snapshot: Snapshot) -> Help:
    """Help on what a screen shows."""
    if snapshot.script:
        return Help(snapshot.script.command, STORY, key_rows(screen, SCRIPT_KEYS), SCRIPT_GLOSSARY)
    return Help(snapshot.title, snapshot.story, key_rows(screen))


def matching(sections: Mapping[str, Rows], sought: str) -> dict[str, Rows]:
    """The rows in which the text occurs, whatever its case; sections without any are left out.

    A / before it, as other programs have it, is no part of it.
    """
    text = sought.strip().removeprefix("/").lower()
    found = {
        heading: {left: right for left, right in rows.items() if text in f"{left} {right}".lower()}
        for heading, rows in sections.items()
    }
    return {heading: rows for heading, rows in found.items() if rows}


def _table(rows: Rows) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=LEFT)
    for left, right in rows.items():
        table.add_row(Text(left, "bold"), Text(right))
    return table


def key_rows(screen: Screen[Any], other: Rows = NOTHING) -> dict[str, Rows]:
    """In groups, a row for each action of a screen that tells what it does: its keys and its tooltip, or the `other`
    one of its id; the screen's own before those of its parts."""
    keys: dict[tuple[str, str], list[str]] = {}
    active = sorted(screen.active_bindings.values(), key=lambda entry: entry.node is not screen)
    for binding in (entry.binding for entry in active):
        if binding.tooltip:
            group, tooltip = key_group(binding.id or ""), other.get(binding.id or "", binding.tooltip)
            keys.setdefault((group, tooltip), []).append(screen.app.get_key_display(binding))
    groups: dict[str, dict[str, str]] = {heading: {} for heading in (*KEY_GROUPS, IN_A_PANE)}
    for (heading, meaning), shown in keys.items():
        groups[heading][" ".join(shown)] = meaning
    return {heading: rows for heading, rows in groups.items() if rows}


def key_group(ident: str) -> str:
    """The group of the key with that id."""
    return next(
        (group for group, idents in KEY_GROUPS.items() if any(f"{ident}.".startswith(f"{each}.") for each in idents)),
        IN_A_PANE,
    )
