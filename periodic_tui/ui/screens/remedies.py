"""The menu of remedies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from periodic_tui.engine.snapshot import Offer
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.formatting import plain


class RemedyMenu(ModalScreen[str | None]):
    """Returns the name of the chosen remedy, or None. Those that fit the present verdict stand first and are marked."""

    DEFAULT_CSS = """
    RemedyMenu {
        align: center middle;
        OptionList { width: 100; max-width: 100%; height: auto; max-height: 90%; border: round $network; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f,q", "dismiss(None)", "close")]

    def __init__(self, offers: Sequence[Offer], verdict: str, glyphs: Glyphs = "braille") -> None:
        super().__init__()
        self._offers, self._verdict, self._glyphs = offers, verdict, glyphs

    def compose(self) -> ComposeResult:
        choices = OptionList(
            *[Option(self._entry(offer), id=offer.name, disabled=bool(offer.unfit)) for offer in self._offers]
        )
        choices.border_title = f"remedies for {plain(self._verdict, self._glyphs)}"
        choices.border_subtitle = "none is told the answer"
        yield choices

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

    def _entry(self, offer: Offer) -> Text:
        mark = "●" if offer.fits else " "
        lines = [
            f"{mark} {offer.name:<20}{offer.what}",
            f"  {'':<20}does not fit: {offer.unfit}" if offer.unfit else f"  {'':<20}needs: {offer.prior}",
        ]
        if offer.options and not offer.unfit:
            lines.append(f"  {'':<20}{offer.options}")
        return Text("\n".join(plain(line, self._glyphs) for line in lines), no_wrap=True, overflow="ellipsis")
