"""The help screen: what to watch, and every key."""

from collections.abc import Iterable
from typing import ClassVar

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from periodic_tui.ui.formatting import literal

Row = tuple[str, str]


class Help(ModalScreen[None]):
    """The preset's story above a table of the keys that act now."""

    DEFAULT_CSS = """
    Help {
        align: center middle;
        VerticalScroll { width: 80; max-width: 100%; height: auto; max-height: 100%; border: round $network; }
        Static { width: 1fr; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "dismiss", "close")]

    def __init__(self, title: str, story: str, keys: Iterable[Row]) -> None:
        super().__init__()
        self._title, self._story, self._keys = title, story, keys

    def compose(self) -> ComposeResult:
        table = Table.grid(padding=(0, 2))
        for keys, meaning in self._keys:
            table.add_row(Text(keys, "bold"), Text(meaning))
        with VerticalScroll() as box:
            box.border_title = "help"
            story = Text(literal(f"{self._title}\n\n{' '.join(self._story.split())}\n"))
            yield Static(Group(story, table))


def key_rows(active: Iterable[ActiveBinding], show: dict[str, str]) -> list[Row]:
    """A row for each action that tells what it does: its keys, as `show` writes them, and its tooltip."""
    rows: dict[str, list[str]] = {}
    for binding in (entry.binding for entry in active):
        if binding.tooltip:
            rows.setdefault(binding.tooltip, []).append(show.get(binding.key, binding.key))
    return [(" ".join(keys), meaning) for meaning, keys in rows.items()]
