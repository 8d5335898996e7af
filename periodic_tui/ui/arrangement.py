"""Which panes are on the screen, and how: a pure function of which are relevant, the focus and the size."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Literal

from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.ui.widgets.pane import Pane, Place

Layout = Literal["small", "medium", "large"]

COLUMNS: dict[Layout, int] = {"small": 2, "medium": 2, "large": 3}
"""At most; two where four plots or fewer are shown."""
PLOTS: dict[Layout, int] = {"small": 3, "medium": 4, "large": 6}
"""So many plots have a place."""
STRIP_ROOM: dict[Layout, int] = {"small": 2, "medium": 3, "large": 3}
"""So many strips have a place."""
STRIP_ROWS: dict[Layout, dict[str, int]] = {
    "small": {"story": 5, "verdict": 1, "output": 4, "events": 1},
    "medium": {"story": 5, "verdict": 5, "output": 8, "events": 8},
    "large": {"story": 5, "verdict": 5, "output": 12, "events": 10},
}
"""Rows of each; beside the story the events take fewer, so that no plot grows when it goes."""
BESIDE_OUTPUT: dict[Layout, int] = {"small": 1, "medium": 4, "large": 8}
"""Rows of the events where what a script prints is shown, too."""


@dataclass(frozen=True)
class Arrangement:
    """What is shown where."""

    layout: Layout
    plots: tuple[str, ...] = ()
    """In reading order, over `columns` columns; the last takes what is left of its row."""
    strips: tuple[str, ...] = ()
    columns: int = 1
    alone: bool = False
    """One pane was given the screen."""

    @property
    def shown(self) -> tuple[str, ...]:
        return self.plots + self.strips

    @property
    def span(self) -> int:
        """Columns of the last plot."""
        return self.columns - (len(self.plots) - 1) % self.columns if self.plots else 1

    def rows(self, strip: str) -> int | None:
        """Rows of a strip; None: all that there are."""
        if not self.plots:
            return None
        rows = STRIP_ROWS[self.layout]
        if strip == "events" and "output" in self.strips:
            return BESIDE_OUTPUT[self.layout]
        return rows[strip] - (rows["story"] if strip == "events" and "story" in self.strips else 0)


def layout_for(size: Size) -> Layout:
    """The layout that a screen has room for."""
    if size.width < 100 or size.height < 32:
        return "small"
    return "large" if size.width >= 170 and size.height >= 45 else "medium"


def relevant(panes: Sequence[type[Pane]], snapshot: Snapshot) -> list[type[Pane]]:
    """The panes that are relevant to a run; of a run that was refused, only the strips."""
    return [pane for pane in panes if pane.is_relevant(snapshot) and not (snapshot.refusal and pane.PLACE == "plot")]


def arrange(
    panes: Sequence[type[Pane]],
    size: Size,
    focus: str | None = None,
    zoomed: bool = False,
    hidden: Set[str] = frozenset(),
    must_show: Sequence[str] = (),
) -> Arrangement:
    """Places for relevant panes: first for those that must be seen, then for the most important.

    A focused pane without a place is shown alone.
    """
    layout = layout_for(size)
    shown = [pane for pane in panes if pane.NAME not in hidden]
    plots = _first(_names(shown, "plot"), PLOTS[layout], must_show)
    strips = _first(_names(shown, "strip"), STRIP_ROOM[layout], must_show)
    focused = [pane for pane in panes if focus == pane.NAME]
    alone = bool(focused) and (zoomed or focus not in plots + strips)
    if alone:
        plots, strips = _names(focused, "plot"), _names(focused, "strip")
    columns = min(COLUMNS[layout] if len(plots) > 4 else 2, max(len(plots), 1))
    if len(plots) == 2 and any(pane.WIDE for pane in panes if pane.NAME in plots):
        columns = 1
    return Arrangement(layout, plots, strips, columns, alone)


def _first(names: Sequence[str], room: int, must_show: Sequence[str]) -> tuple[str, ...]:
    """So many of the names, in their order."""
    chosen = sorted(names, key=lambda name: name not in must_show)[:room]
    return tuple(name for name in names if name in chosen)


def _names(panes: Sequence[type[Pane]], place: Place) -> tuple[str, ...]:
    return tuple(pane.NAME for pane in panes if place == pane.PLACE)
