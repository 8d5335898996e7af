"""The list of presets."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType

from periodic_tui.ui.formatting import plain
from periodic_tui.ui.screens.menu import Menu, entry


class Preset(NamedTuple):
    """A preset as the list shows it."""

    name: str
    title: str
    source: str


class Picker(Menu):
    """Returns the name of the chosen preset, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("l", "dismiss(None)", "close")]
    COLUMNS = 78

    def __init__(self, presets: Sequence[Preset], current: str) -> None:
        names = [preset.name for preset in presets]
        entries = [entry(preset.name, [_line(n, preset)]) for n, preset in enumerate(presets, 1)]
        super().__init__("presets", entries, chosen=names.index(current) if current in names else 0)


def _line(number: int, preset: Preset) -> str:
    key = str(number) if number < 10 else " "
    return f"{key} {plain(preset.name):<22}  {plain(preset.title)}"
