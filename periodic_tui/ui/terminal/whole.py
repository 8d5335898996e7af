"""Updates of the screen as Textual writes them: for the first frame, which does not wait for numpy."""

from collections.abc import Sequence

from rich.console import Console
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.geometry import Region

CLEAR = "\x1b[0m\x1b[2J"


class Whole:
    """In the place of a canvas: sends all of every update."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._picture = self._due = ""

    def paint(self, update: CompositorUpdate) -> None:
        """Take an update."""
        text = update.render_segments(self._console)
        self._picture = text if isinstance(update, LayoutUpdate) else self._picture + text
        self._due += text

    def forget(self) -> None:
        """The terminal may show anything: clear it and send everything."""
        self._due = CLEAR + self._picture

    def changes(self, budget: float, areas: Sequence[Region] = ()) -> tuple[str, bool]:
        """What has not been sent yet; that is always all."""
        text, self._due = self._due, ""
        return text, True
