"""Screens over the dashboard that are closed once, however often one asks for it."""

from typing import TYPE_CHECKING, Any

from textual.await_complete import AwaitComplete
from textual.screen import Screen

if TYPE_CHECKING:
    _Screen = Screen[Any]
else:
    _Screen = object
"""Textual looks for styles and keys in the first of a class's bases that is a widget, which this must not be."""


class DismissedOnce(_Screen):
    """A screen, further on among the bases, that is dismissed only while it lies on top.

    Keys and clicks that come together each close it. Textual would take away the screen below for the second of them,
    or end the app (textual #2575, #4884).
    """

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close it with a result; nothing happens once it has been closed."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
