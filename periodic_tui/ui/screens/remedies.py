"""The menu of remedies."""

from collections.abc import Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets.option_list import Option

from periodic_tui.engine.snapshot import Offer
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.screens.menu import Menu


class RemedyMenu(Menu):
    """Returns the name of the chosen remedy, or None. Those that fit the present verdict stand first and are marked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "dismiss(None)", "close")]
    COLUMNS = 114

    def __init__(self, offers: Sequence[Offer], verdict: str, glyphs: Glyphs = "braille") -> None:
        entries = [Option(_table(offer, glyphs), offer.name, bool(offer.unfit)) for offer in offers]
        title = f"remedies for {verdict}" if any(offer.fits for offer in offers) else f"remedies, none for {verdict}"
        super().__init__(plain(title, glyphs), entries, "none is told the answer")


def _table(offer: Offer, glyphs: Glyphs) -> Table:
    """The name, and beside it what it does; what it needs, or why it does not fit; its options."""
    table = Table.grid(padding=(0, 1))
    name = Text(plain(f"{'●' if offer.fits else ' '} {offer.name:<20}", glyphs), no_wrap=True)
    lines = [offer.what, f"does not fit: {offer.unfit}" if offer.unfit else f"needs: {offer.prior}"]
    lines += [offer.options] if offer.options and not offer.unfit else []
    table.add_row(name, Text("\n".join(plain(line, glyphs) for line in lines)))
    return table
