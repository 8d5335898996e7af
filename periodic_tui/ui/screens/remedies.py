"""The menu of remedies."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets.option_list import Option

from periodic_tui.engine.snapshot import Offer
from periodic_tui.plotting.cells import Glyphs
from periodic_tui.ui.formatting import fitting, plain, wrapped
from periodic_tui.ui.screens.menu import Menu

EDGES = 6
"""Columns of the list that are border, padding, or the scroll bar."""
NARROW = 60
"""Columns below which the texts stand below the name, not beside it."""


class RemedyMenu(Menu):
    """Returns the name of the chosen remedy, or None. It shows those that fit the present verdict, or where there are
    none, those that can be applied; tab shows the rest, each with its reason, and o the options."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "dismiss(None)", "close", id="remedies"),
        Binding("tab", "more", "all or only what fits"),
        Binding("o", "options", "options"),
    ]
    COLUMNS = 114

    def __init__(self, offers: Sequence[Offer], verdict: str, glyphs: Glyphs = "braille") -> None:
        self._offers, self._verdict, self._glyphs = offers, verdict, glyphs
        self._first = [offer for offer in offers if offer.fits] or [offer for offer in offers if not offer.unfit]
        self._all, self._options = not self._first, False
        title = f"remedies for {verdict}" if any(offer.fits for offer in offers) else f"remedies, none for {verdict}"
        super().__init__(plain(title, glyphs), ())

    def on_resize(self) -> None:
        self._fill()

    def action_more(self) -> None:
        """Show the rest, or hide it again."""
        self._all = not self._all or not self._first
        self._fill()

    def action_options(self) -> None:
        """Show what each remedy goes by, or hide it again."""
        self._options = not self._options
        self._fill()

    def _fill(self) -> None:
        """List what is to be seen, as wide as the screen has it; the cursor stays with its remedy."""
        chosen, width = self._list.highlighted_option, min(self.COLUMNS, self.size.width)
        shown = self._offers if self._all else self._first
        left = 2 + max((len(plain(offer.name)) for offer in shown), default=0)
        lines = [self._lines(offer, width - EDGES, left) for offer in shown]
        self._list.clear_options()
        self._list.add_options(
            Option(Text("\n".join(text)), offer.name, bool(offer.unfit))
            for offer, text in zip(shown, lines, strict=True)
        )
        names = [offer.name for offer in shown if not offer.unfit]
        if names:
            name = chosen.id if chosen and chosen.id in names else names[0]
            self._list.highlighted = self._list.get_option_index(name)
        self._list.border_subtitle = fitting([plain(keys, self._glyphs) for keys in self._keys()], max(width - 6, 0))

    def _lines(self, offer: Offer, width: int, left: int) -> list[str]:
        """The name, and beside it what the remedy does, in lines of so many cells."""
        name = plain(f"{'●' if offer.fits else ' '} {offer.name}", self._glyphs)
        beside = width >= NARROW
        indent = left + 2 if beside else 4
        texts = [line for text in self._texts(offer) for line in wrapped(text, width - indent, self._glyphs)]
        lines = [" " * indent + text for text in texts]
        return [name.ljust(indent) + texts[0], *lines[1:]] if beside else [name, *lines]

    def _texts(self, offer: Offer) -> Iterator[str]:
        """What it does; what it needs, or why it is not for now; its options."""
        yield offer.what
        if offer.unfit:
            yield f"does not fit: {offer.unfit}"
            return
        yield f"needs: {offer.prior}"
        if not offer.fits:
            yield f"can be applied, but is not for {self._verdict}"
        if self._options and offer.options:
            yield f"options: {offer.options}"

    def _keys(self) -> Iterator[str]:
        """What the keys do, in a longer and in shorter forms."""
        rest = len(self._offers) - len(self._first)
        more = f"tab {'what fits' if self._all else f'{rest} more'}"
        options = "o less" if self._options else "o options"
        parts = ["enter applies", *([more] if rest and self._first else []), options, "esc closes"]
        yield " · ".join(["none is told the answer", *parts])
        yield " · ".join(parts)
        yield " · ".join(parts[:-1])
