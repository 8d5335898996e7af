"""A list to choose from, over the dashboard."""

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from periodic_tui.ui.screens.dismissed_once import DismissedOnce
from periodic_tui.ui.widgets.choices import Choices


class Menu(DismissedOnce, ModalScreen[str | Path | None]):
    """Returns the name of the chosen entry (or its path), or None."""

    DEFAULT_CSS = """
    Menu {
        align: center middle;
        OptionList { max-width: 100%; height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
        OptionList, OptionList:focus { border: round $network; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss(None)", "close")]
    COLUMNS: ClassVar[int]
    """Of the list, where the screen has as many."""

    def __init__(self, title: str, entries: Iterable[Option], subtitle: str = "", chosen: int = 0) -> None:
        super().__init__()
        self._list = Choices(*entries)
        self._list.styles.width = self.COLUMNS
        self._list.border_title, self._list.border_subtitle = title, subtitle
        self._list.highlighted = chosen

    def compose(self) -> ComposeResult:
        yield self._list

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self.chosen(event))

    def chosen(self, event: OptionList.OptionSelected) -> str | Path | None:
        """What an entry stands for."""
        return event.option_id
