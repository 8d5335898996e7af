"""The list of presets, and behind it that of recordings."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from periodic_tui.engine.recording.library import Entry
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.presets.builtin import Listed
from periodic_tui.ui.formatting import ago, plain
from periodic_tui.ui.screens.menu import Menu
from periodic_tui.ui.session import EventLoop
from periodic_tui.ui.widgets.choices import Choices

SOURCES = {
    "1-sine-and-clock": "A sine and a digital clock",
    "2-ln-relu": "ln x by ReLUs",
    "3-euclidean-three-relus": "Three ReLUs for √(x² + y²)",
    "4-snake": "Snake on periodic functions",
}
"""Write-ups, by the `source` of their presets."""


RECORDED_COLUMNS = 112


class Picker(Menu):
    """Returns the name of the chosen preset, the folder of the chosen recording, or None. Presets of one write-up stand
    together; tab shows the recordings, newest first. Where there are no presets, those are all there is."""

    DEFAULT_CSS = "Picker OptionList { text-wrap: nowrap; text-overflow: ellipsis; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "dismiss(None)", "close", id="list"),
        Binding("tab,shift+tab", "turn", "presets or recordings"),
    ]
    COLUMNS = 80

    def __init__(
        self,
        presets: Sequence[Listed],
        current: str,
        recordings: Callable[[], Sequence[Entry]] = lambda: (),
        glyphs: Glyphs = "braille",
    ) -> None:
        self.entries = list(_entries(presets))
        names = [option.id for option in self.entries]
        chosen = names.index(current) if current in names else min(1, len(names))
        super().__init__("presets", self.entries, plain("enter loads · tab recordings · esc closes", glyphs), chosen)
        self._find, self._found = recordings, list[Path]()
        self._recorded = Choices(Option("looking for them", disabled=True))
        self._recorded.styles.width = RECORDED_COLUMNS
        self._recorded.border_title = plain("recordings · ● being written", glyphs)
        self._recorded.border_subtitle = plain(f"enter plays{' · tab presets' * bool(presets)} · esc closes", glyphs)
        self._glyphs = glyphs
        self._show(not presets)

    def compose(self) -> ComposeResult:
        yield self._list
        yield self._recorded

    def on_mount(self) -> None:
        """Find the recordings aside: it may take a while where there are many, or the disk is slow."""
        fill = partial(EventLoop(), self._fill)
        threading.Thread(target=lambda: fill(self._find()), name="recordings", daemon=True).start()

    def action_turn(self) -> None:
        """Show the other list."""
        self._show(not self.entries or not self._recorded.display)
        (self._recorded if self._recorded.display else self._list).focus()

    def _show(self, recorded: bool) -> None:
        self._list.display, self._recorded.display = not recorded, recorded

    def _fill(self, found: Sequence[Entry]) -> None:
        if not self.is_mounted:
            return
        self._found, now = [entry.folder for entry in found], time.time()
        rows = [_recording(entry, now) for entry in found]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [Option(Text(plain(_row(cells, widths), self._glyphs))) for cells in rows]
        self._recorded.clear_options()
        self._recorded.add_options(lines or [Option("there are none", disabled=True)])
        self._recorded.highlighted = 0 if lines else None

    def chosen(self, event: OptionList.OptionSelected) -> str | Path | None:
        return event.option_id if event.option_list is self._list else self._found[event.option_index]


def _recording(entry: Entry, now: float) -> tuple[str, ...]:
    """Whether it is being written, name, steps, verdict, age, preset and title."""
    status, about = entry.status, entry.about
    mark = "●" if entry.being_written else " "
    when = "now" if entry.being_written else ago(now - max(about.created, status.time))
    what = ", ".join(filter(None, (about.name, about.title)))
    return mark, plain(entry.name), f"{status.step:,}", plain(status.verdict), when, plain(what)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells below each other; the third holds numbers."""
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    padded[2] = cells[2].rjust(widths[2])
    return " ".join(padded).rstrip()


def _entries(presets: Sequence[Listed]) -> Iterator[Option]:
    width = max((len(plain(preset.title)) for preset in presets), default=0)
    for source in dict.fromkeys(preset.source for preset in presets):
        yield Option(Text(plain(SOURCES.get(source, source or "others")), "bold"), disabled=True)
        for number, preset in enumerate(presets, 1):
            if preset.source == source:
                yield Option(Text(_line(number, preset, width)), preset.name)


def _line(number: int, preset: Listed, width: int) -> str:
    key = str(number) if number < 10 else " "
    return f"{key} {plain(preset.name):<20} {plain(preset.title):<{width}} {plain(preset.outcome)}".rstrip()
