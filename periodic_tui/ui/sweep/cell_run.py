"""One cell of a sweep, opened as an ordinary run."""

from periodic_tui.ui.dashboard import Dashboard
from periodic_tui.ui.session import EventLoop, Wake


class CellRun(Dashboard):
    """The dashboard over the map; esc closes it and ends its run. The session runs in a thread of its own already."""

    HINTS = (("esc", "back to the map"),)

    def on_mount(self) -> None:
        """Called beside that of the dashboard."""
        self.session.on_wake = Wake(EventLoop(), self.poll)

    def on_unmount(self) -> None:
        self.session.stop()

    def action_back(self) -> None:
        if self.zoomed or self.summoned or self.travel.in_past:
            super().action_back()
        else:
            self.dismiss()
