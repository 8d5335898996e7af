"""The list of presets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from periodic_tui.ui.formatting import plain


class Preset(NamedTuple):
    """A preset as the list shows it."""

    name: str
    title: str
    source: str


class Picker(ModalScreen[str | None]):
    """Returns the name of the chosen preset, or None."""

    DEFAULT_CSS = """
    Picker {
        align: center middle;
        OptionList { width: 78; max-width: 100%; height: auto; max-height: 90%; }
        OptionList, OptionList:focus { border: round $network; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,l,q", "dismiss(None)", "close")]

    def __init__(self, presets: Sequence[Preset], current: str) -> None:
        super().__init__()
        self._presets, self._current = presets, current

    def compose(self) -> ComposeResult:
        choices = OptionList(
            *[Option(Text(_line(n, preset), no_wrap=True)) for n, preset in enumerate(self._presets, 1)]
        )
        names = [preset.name for preset in self._presets]
        choices.highlighted = names.index(self._current) if self._current in names else 0
        choices.border_title = "presets"
        yield choices

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._presets[event.option_index].name)


def _line(number: int, preset: Preset) -> str:
    key = str(number) if number < 10 else " "
    return f"{key} {plain(preset.name):<22}  {plain(preset.title)}"
