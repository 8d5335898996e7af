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
        """Close it with a result, once it has the parts that it looks for when it opens; nothing happens after that."""
        if not self.is_mounted:
            self.call_later(self._close, result)
            return AwaitComplete()
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def _close(self, result: Any) -> None:
        """Without what `dismiss` returns: a screen must not wait for its own end."""
        self.dismiss(result)
