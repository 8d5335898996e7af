"""The list of presets."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets.option_list import Option

from periodic_tui.ui.formatting import plain
from periodic_tui.ui.screens.menu import Menu

SOURCES = {
    "1-sine-and-clock": "A sine and a digital clock",
    "2-ln-relu": "ln x by ReLUs",
    "3-euclidean-three-relus": "Three ReLUs for √(x² + y²)",
    "4-snake": "Snake on periodic functions",
}
"""Write-ups, by the `source` of their presets."""


class Preset(NamedTuple):
    """A preset as the list shows it."""

    name: str
    title: str
    source: str
    outcome: str


class Picker(Menu):
    """Returns the name of the chosen preset, or None. Presets of one write-up stand together."""

    DEFAULT_CSS = "Picker OptionList { text-wrap: nowrap; text-overflow: ellipsis; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("l", "dismiss(None)", "close")]
    COLUMNS = 80

    def __init__(self, presets: Sequence[Preset], current: str) -> None:
        self.entries = list(_entries(presets))
        names = [option.id for option in self.entries]
        super().__init__("presets", self.entries, chosen=names.index(current) if current in names else 1)


def _entries(presets: Sequence[Preset]) -> Iterator[Option]:
    width = max((len(plain(preset.title)) for preset in presets), default=0)
    for source in dict.fromkeys(preset.source for preset in presets):
        yield Option(Text(plain(SOURCES.get(source, source or "others")), "bold"), disabled=True)
        for number, preset in enumerate(presets, 1):
            if preset.source == source:
                yield Option(Text(_line(number, preset, width)), preset.name)


def _line(number: int, preset: Preset, width: int) -> str:
    key = str(number) if number < 10 else " "
    return f"{key} {plain(preset.name):<20} {plain(preset.title):<{width}} {plain(preset.outcome)}".rstrip()
