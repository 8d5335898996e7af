"""Which panes are on the screen, and how: a pure function of which are relevant, the focus and the size."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from textual.geometry import Size

from periodic_tui.engine.snapshot import Snapshot
from periodic_tui.ui.widgets.pane import Pane, Place

Layout = Literal["tiny", "small", "narrow", "medium", "large"]
"""One plot at a time; 80×24; what is narrower or lower than 120×40; 120×40; 200×60."""

FIXED_ROWS = 3
"""Of the header and of the keys."""
MANY_COLUMNS = 170
"""Columns of the screen from which three plots stand side by side."""
WIDE = 100
"""Columns from which the last plot need not have a row for itself."""
MOST_PLOTS = 6
LEAST_ROWS = {1: 0, 2: 7, 3: 10}
"""Rows of each plot from which so many stand one below the other."""

STRIP_ROOM: dict[Layout, int] = {"tiny": 1, "small": 2, "narrow": 2, "medium": 3, "large": 4}
"""So many strips have a place."""
STRIP_ROWS: dict[Layout, dict[str, int]] = {
    "tiny": {"verdict": 1, "story": 5, "output": 4, "events": 1},
    "small": {"verdict": 2, "story": 5, "output": 4, "events": 1},
    "narrow": {"verdict": 5, "story": 5, "output": 6, "events": 4},
    "medium": {"verdict": 5, "story": 5, "output": 8, "events": 7},
    "large": {"verdict": 8, "story": 8, "output": 10, "events": 8},
}
"""Rows of each; of those side by side all have the most."""
BESIDE_OUTPUT: dict[Layout, int] = {"tiny": 1, "small": 1, "narrow": 3, "medium": 4, "large": 10}
"""Rows of the events where what a script prints is shown, too."""
STACKED = (("verdict",), ("story",), ("output",), ("events",))
BANDS: Mapping[tuple[Layout, bool], tuple[tuple[str, ...], ...]] = {
    ("medium", False): (("verdict",), ("story", "events")),
    ("large", False): (("verdict", "story", "events"),),
    ("large", True): (("verdict", "story"), ("output", "events")),
}
"""Which strips lie side by side, without and with what a script prints, so that no plot grows when the story goes."""
VERDICT_FROM = 10
"""Rows of a tiny screen from which one is for the verdict."""


@dataclass(frozen=True)
class Band:
    """Strips side by side."""

    names: tuple[str, ...]
    rows: int | None
    """None: all that there are."""


@dataclass(frozen=True)
class Arrangement:
    """What is shown where."""

    layout: Layout
    plots: tuple[str, ...] = ()
    """In reading order, over `columns` columns; the last takes what is left of its row."""
    bands: tuple[Band, ...] = ()
    """The strips below the plots."""
    columns: int = 1
    alone: bool = False
    """One pane was given the screen."""

    @property
    def strips(self) -> tuple[str, ...]:
        return tuple(name for band in self.bands for name in band.names)

    @property
    def shown(self) -> tuple[str, ...]:
        return self.plots + self.strips

    @property
    def span(self) -> int:
        """Columns of the last plot."""
        return self.columns - (len(self.plots) - 1) % self.columns if self.plots else 1


def layout_for(size: Size) -> Layout:
    """The layout that a screen has room for."""
    if size.width < 60 or size.height < 16:
        return "tiny"
    if size.height < 28:
        return "small"
    if size.width < WIDE or size.height < 32:
        return "narrow"
    return "large" if size.width >= MANY_COLUMNS and size.height >= 45 else "medium"


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
    if layout == "tiny" and not zoomed:
        return _one_at_a_time(panes, shown, size, focus, must_show)
    strips = _first(_names(shown, "strip"), STRIP_ROOM[layout], must_show)
    plots = _first(_names(shown, "plot"), _plot_room(size, layout, "output" in _names(panes, "strip")), must_show)
    focused = [pane for pane in panes if focus == pane.NAME]
    alone = bool(focused) and (zoomed or focus not in plots + strips)
    if alone:
        plots, strips = _names(focused, "plot"), _names(focused, "strip")
    columns = 1 if len(plots) == 2 and _has_wide(panes, plots) else _columns(size, layout, len(plots))
    return Arrangement(layout, plots, _bands(layout, strips, bool(plots)), columns, alone)


def _one_at_a_time(
    panes: Sequence[type[Pane]], shown: Sequence[type[Pane]], size: Size, focus: str | None, must_show: Sequence[str]
) -> Arrangement:
    """The focused pane, or else the most important plot; below a plot a row for the verdict."""
    plots, strips = _names(shown, "plot"), _names(shown, "strip")
    known = focus in [pane.NAME for pane in panes]
    chosen = focus if focus and known else next(iter([*_first(plots, 1, must_show), *strips]), "")
    if chosen not in _names(panes, "plot"):
        return Arrangement("tiny", bands=_bands("tiny", (chosen,) if chosen else (), False))
    verdict = ("verdict",) if "verdict" in strips and size.height >= VERDICT_FROM else ()
    return Arrangement("tiny", (chosen,), _bands("tiny", verdict))


def _bands(layout: Layout, strips: Sequence[str], below_plots: bool = True) -> tuple[Band, ...]:
    """The strips side by side, or one below the other."""
    output, rows = "output" in strips, dict(STRIP_ROWS[layout])
    if output:
        rows["events"] = BESIDE_OUTPUT[layout]
    groups = [tuple(name for name in group if name in strips) for group in BANDS.get((layout, output), STACKED)]
    return tuple(Band(names, max(rows[name] for name in names) if below_plots else None) for names in groups if names)


def _plot_room(size: Size, layout: Layout, output: bool) -> int:
    """How many plots have a place. It does not depend on which strips there are as yet: no plot comes or goes with
    them."""
    usual = ("verdict", "output", "events") if output else ("verdict", "events")
    left = size.height - FIXED_ROWS - sum(band.rows or 0 for band in _bands(layout, usual[: STRIP_ROOM[layout]]))
    rows = max((count for count, least in LEAST_ROWS.items() if left >= count * least), default=1)
    across = 3 if size.width >= MANY_COLUMNS else 2
    return min(rows * across - (size.width < WIDE and rows > 1), MOST_PLOTS)


def _columns(size: Size, layout: Layout, plots: int) -> int:
    """Two; three where the screen is wide and there are many plots, or only one row of them."""
    three = size.width >= MANY_COLUMNS and (plots > 4 or layout == "small")
    return min(3 if three else 2, max(plots, 1))


def _has_wide(panes: Sequence[type[Pane]], plots: Sequence[str]) -> bool:
    return any(pane.WIDE for pane in panes if pane.NAME in plots)


def _first(names: Sequence[str], room: int, must_show: Sequence[str]) -> tuple[str, ...]:
    """So many of the names, in their order."""
    chosen = sorted(names, key=lambda name: name not in must_show)[:room]
    return tuple(name for name in names if name in chosen)


def _names(panes: Sequence[type[Pane]], place: Place) -> tuple[str, ...]:
    return tuple(pane.NAME for pane in panes if place == pane.PLACE)
