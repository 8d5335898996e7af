"""The help screen: what to watch, every key, and what every word means; all of it can be searched."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Key
from textual.reactive import var
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Static

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.formatting import literal, plain
from periodic_tui.ui.glossary import GLOSSARY
from periodic_tui.ui.key_table import GROUPS, default_keys
from periodic_tui.ui.keys import names_of
from periodic_tui.ui.screens.dismissed_once import DismissedOnce
from periodic_tui.ui.script_glossary import SCRIPT_GLOSSARY, SCRIPT_KEYS, STORY

Rows = Mapping[str, str]
"""Keys, or a word, and what they mean."""

GROUP_OF = {key.ident: heading for heading, keys in GROUPS.items() for key in keys}
"""By the ids of keys."""
IN_A_PANE = "in the pane in focus"
"""The group of all other keys."""
NOTHING: Rows = {}
LEFT = 21
"""Columns of words: as many as the longest verdict has."""
KEYS_LEFT = 9
"""Columns of keys, at least."""
WIDE = 110
"""Columns from which groups of keys stand in two columns."""


class Sought(Input):
    """A line of text that leaves the key that opened help to whoever closes it by that, unless it is a letter."""

    cursor_blink = var(False)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return not _closes(key, character) and super().check_consume_key(key, character)

    def on_key(self, event: Key) -> None:
        if _closes(event.key, event.character):
            event.prevent_default().stop()
            self.screen.dismiss()


def _closes(key: str, character: str | None) -> bool:
    """Whether a key opens help, and writes nothing that one would search for."""
    return key in names_of("help") and not (character and character.isalnum())


class Help(DismissedOnce, ModalScreen[None]):
    """The preset's story, the keys that act now in groups, and the glossary, with a line to search them by."""

    DEFAULT_CSS = """
    Help {
        align: center middle;
        VerticalScroll { width: 116; max-width: 100%; height: auto; max-height: 100%; border: round $network; }
        VerticalScroll.-block { border: solid $network; }
        VerticalScroll.-ascii { border: ascii $network; }
        Static { width: 1fr; padding: 0 1; }
        Input { margin: 0 1; width: 1fr; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "close"),
        Binding("up", "scroll(-1)"),
        Binding("down", "scroll(1)"),
        Binding("pageup", "scroll(-10)"),
        Binding("pagedown", "scroll(10)"),
    ]

    def __init__(
        self,
        title: str,
        story: str,
        keys: Mapping[str, Rows],
        words: Mapping[str, Rows] = GLOSSARY,
        glyphs: Glyphs = "braille",
    ) -> None:
        super().__init__()
        self._story = f"{title}\n\n{' '.join(story.split())}\n"
        self._keys, self._words, self._glyphs = keys, words, glyphs
        self._box = VerticalScroll(can_focus=False, classes=f"-{glyphs}")
        self._box.border_title, self._box.border_subtitle = "help", plain("arrows scroll · esc closes", glyphs)
        self._sought = Sought(placeholder="type to search keys and words", compact=True)
        self._told, self._found = Static(literal(self._story), id="told", markup=False), Static(id="found")

    def compose(self) -> ComposeResult:
        with self._box:
            yield from (self._sought, self._told, self._found)

    def on_resize(self) -> None:
        self._show(self._sought.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def action_scroll(self, rows: int) -> None:
        self._box.scroll_relative(y=rows, animate=False)

    def _show(self, sought: str) -> None:
        self._told.display = not sought
        keys, words = matching(self._keys, sought), matching(self._words, sought)
        columns = 2 if self.size.width >= WIDE else 1
        parts = [side_by_side(columns, self._tables(keys, KEYS_LEFT))] if keys else []
        parts += self._tables(words, LEFT)
        self._found.update(Group(*parts) if parts else Text("nothing found"))

    def _tables(self, sections: Mapping[str, Rows], left: int) -> list[Table]:
        return [_table(heading, rows, left, self._glyphs) for heading, rows in sections.items()]


def help_on(screen: Screen[Any], snapshot: Snapshot, glyphs: Glyphs = "braille") -> Help:
    """Help on what a screen shows."""
    if snapshot.script:
        keys = key_rows(screen, SCRIPT_KEYS)
        return Help(snapshot.script.command, STORY, keys, SCRIPT_GLOSSARY, glyphs)
    return Help(snapshot.title, snapshot.story, key_rows(screen), glyphs=glyphs)


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


def _table(heading: str, rows: Rows, left: int, glyphs: Glyphs) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), title=f"\n{heading}", title_style="bold")
    table.title_justify, table.expand = "left", True
    table.add_column(min_width=left, no_wrap=True)
    table.add_column(ratio=1)
    for name, meaning in rows.items():
        table.add_row(Text(plain(name, glyphs), "bold"), Text(plain(meaning, glyphs)))
    return table


def side_by_side(columns: int, tables: Sequence[Table]) -> Table:
    """Tables one below the other, in columns of about the same length."""
    whole, done = sum(map(_length, tables)), 0
    lots: list[list[Table]] = [[] for _ in range(columns)]
    for table in tables:
        lots[min((done + _length(table) // 2) * columns // max(whole, 1), columns - 1)].append(table)
        done += _length(table)
    grid = Table.grid(padding=(0, 2), expand=True)
    for _ in lots:
        grid.add_column(ratio=1)
    grid.add_row(*(Group(*lot) for lot in lots))
    return grid


def _length(table: Table) -> int:
    """Rows that it takes, if none is wrapped."""
    return table.row_count + 2


def key_rows(screen: Screen[Any], other: Rows = NOTHING) -> dict[str, Rows]:
    """In groups, a row for each action of a screen that tells what it does: its keys and its tooltip, or the `other`
    one of its id, in the order of the table. No key stands in two rows."""
    keys: dict[tuple[str, str], list[str]] = {}
    told = [entry.binding for entry in screen.active_bindings.values() if entry.binding.tooltip]
    order = list(default_keys())
    for binding in sorted(told, key=lambda binding: order.index(binding.id or "")):
        row = GROUP_OF.get(binding.id or "", IN_A_PANE), other.get(binding.id or "", binding.tooltip)
        keys.setdefault(row, []).append(screen.app.get_key_display(binding))
    groups: dict[str, dict[str, str]] = {heading: {} for heading in (*GROUPS, IN_A_PANE)}
    for (heading, meaning), shown in keys.items():
        groups[heading][_together(shown)] = meaning
    return {heading: rows for heading, rows in groups.items() if rows}


def _together(keys: Sequence[str]) -> str:
    """Keys of one row; digits that follow each other as 1 – 9."""
    digits = len(keys) > 2 and "".join(keys) in "123456789"
    return f"{keys[0]} – {keys[-1]}" if digits else " ".join(keys)
