"""A sweep that trains nothing, and hand-made results of its cells."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from textual.pilot import Pilot

from periodic_tui.plotting.cells import Glyphs
from periodic_tui.sweeping.grid import Axis, Cell, Grid
from periodic_tui.sweeping.job import Job
from periodic_tui.sweeping.result import CellResult, Ending, Failure
from periodic_tui.sweeping.sweep import Sweep
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.session import Session
from periodic_tui.ui.settings import Drawing
from periodic_tui.ui.sweep.progress import Progress
from periodic_tui.ui.sweep.screen import MapScreen
from tests.ui.scripted import PRESETS, SINE, ScriptedSession

RATES, HIDDEN = Axis("optimizer.lr", (0.001, 0.01, 0.1)), Axis("model.hidden", ([3], [4], [12]))
SIGNS = Axis("init.outgoing", ("any", "positive"))


def swept(*axes: Axis) -> Sweep:
    """A sweep over those axes: 32 seeds from 5 on."""
    grid = Grid(axes or (RATES, HIDDEN))
    job = Job({"training": {"seed": 5, "replicas": 32, "steps": 3_000}}, (), "compiled", "")
    return Sweep("magnitude", grid, (), (), dict.fromkeys(grid.cells(), job), dict.fromkeys(grid.cells(), ""))


def result(solved: int, other: str = "dead-units") -> CellResult:
    """So many of 32 seeds are solved; of the others four learn."""
    outcomes = {"solved": solved, "learning": min(4, 32 - solved), other: max(28 - solved, 0)}
    found = {code: count for code, count in outcomes.items() if count}
    return CellResult("finished", 3_000, "compiled", found, (0.1, 0.224, 0.5), 2_277.0 if solved else None, seconds=1.5)


ENDINGS: dict[Cell, Ending] = {
    (0, 0): result(0, "step-too-small"),
    (0, 1): result(3, "step-too-small"),
    (0, 2): result(9),
    (1, 0): result(8),
    (1, 1): result(17),
    (1, 2): result(32),
    (2, 0): Failure("out of memory"),
}
"""Of the first two axes; two cells are not trained yet."""
HALFWAY = Progress(ENDINGS, 4, 60.0)


class ScriptedSweep:
    """Shows what it is told to; keeps which cells were opened."""

    failure: BaseException | None = None
    title = "Three ReLUs"

    def __init__(self, sweep: Sweep, progress: Progress) -> None:
        self.sweep, self.progress = sweep, progress
        self.on_wake: Callable[[], None] = lambda: None
        self.opened: list[Cell] = []
        self.runs: list[ScriptedSession] = []
        self.refusal: Exception | None = None

    def latest(self) -> Progress:
        return self.progress

    def open(self, cell: Cell, show: Callable[[Session | Exception], bool]) -> None:
        self.opened.append(cell)
        if self.refusal:
            show(self.refusal)
            return
        self.runs.append(ScriptedSession(SINE))
        show(self.runs[-1])

    def run(self) -> None:
        """Trains nothing."""

    def stop(self) -> None:
        """Has nothing to stop."""


Visit = Callable[[PeriodicApp, Pilot[None]], Awaitable[None]]


def visit(
    session: ScriptedSweep, act: Visit, size: tuple[int, int] = (80, 24), glyphs: Glyphs = "braille"
) -> PeriodicApp:
    """Open the map on a headless screen and act on it."""
    opening = Opening("magnitude", "Three ReLUs", "Watch.")
    app = PeriodicApp(opening, lambda: (session, PRESETS), Drawing(glyphs), find_screen=lambda: MapScreen)

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            while not isinstance(app.screen, MapScreen):
                await pilot.pause(0.01)
            await pilot.pause()
            await act(app, pilot)

    asyncio.run(run())
    return app


def rows_of(app: PeriodicApp) -> list[str]:
    """What is on the screen now, without blanks at the ends."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def show(
    progress: Progress,
    *keys: str,
    axes: tuple[Axis, ...] = (),
    size: tuple[int, int] = (80, 24),
    glyphs: Glyphs = "braille",
) -> list[str]:
    """The rows of the map after some keys."""
    rows: list[str] = []

    async def act(app: PeriodicApp, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        rows.extend(rows_of(app))

    visit(ScriptedSweep(swept(*axes), progress), act, size, glyphs)
    return rows


def endings_of(sweep: Sweep, solved: Callable[[Cell], int]) -> Mapping[Cell, Ending]:
    """A result for every cell."""
    return {cell: result(solved(cell)) for cell in sweep.grid.cells()}
