"""Lists to choose from that bear any size of the terminal."""

from typing import TYPE_CHECKING, Literal

from textual.events import Click
from textual.geometry import Size
from textual.widgets import OptionList

if TYPE_CHECKING:
    _List = OptionList
else:
    _List = object
"""Textual looks for styles and keys in the first of a class's bases that is a widget, which this must not be."""


class AnySize(_List):
    """A list, further on among the bases, that has no lines where it is narrower than its padding.

    Textual would break its texts into lines of no cells, and looks for the lines of a list that has none yet.
    """

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As of the narrowest list that has lines."""
        return super().get_content_height(container, viewport, max(width, self._padding + 1))

    def _update_lines(self) -> None:
        if self.scrollable_content_region.width > self._padding:
            super()._update_lines()

    def on_click(self, event: Click) -> None:
        """Called before Textual's own, which looks for what was drawn there, though the list may be shorter by now."""
        if event.style.meta.get("option", -1) >= self.option_count:
            event.prevent_default()

    def _move_page(self, direction: Literal[-1, 1]) -> None:
        if self._lines:
            super()._move_page(direction)

    @property
    def _padding(self) -> int:
        """Columns beside the texts."""
        return self.get_component_styles("option-list--option").padding.width + self._get_left_gutter_width()


class Choices(AnySize, OptionList):
    """Textual's, at any size."""
