"""The menu of remedies."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from periodic_tui.engine.snapshot import Offer
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.formatting import plain
from periodic_tui.ui.screens.menu import Menu, entry


class RemedyMenu(Menu):
    """Returns the name of the chosen remedy, or None. Those that fit the present verdict stand first and are marked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "dismiss(None)", "close")]
    COLUMNS = 114

    def __init__(self, offers: Sequence[Offer], verdict: str, glyphs: Glyphs = "braille") -> None:
        entries = [
            entry(offer.name, [plain(line, glyphs) for line in _lines(offer)], bool(offer.unfit)) for offer in offers
        ]
        super().__init__(f"remedies for {plain(verdict, glyphs)}", entries, "none is told the answer")


def _lines(offer: Offer) -> Iterator[str]:
    """What it does; what it needs, or why it does not fit; its options."""
    indent = 22 * " "
    yield f"{'●' if offer.fits else ' '} {offer.name:<20}{offer.what}"
    yield f"{indent}does not fit: {offer.unfit}" if offer.unfit else f"{indent}needs: {offer.prior}"
    if offer.options and not offer.unfit:
        yield f"{indent}{offer.options}"
