"""A sweep on the screen: the live map, and its cells as ordinary runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from periodic_tui.cli.dashboard import shown
from periodic_tui.cli.recording import recorder_for
from periodic_tui.presets.builtin import BUILT_IN, Listed
from periodic_tui.presets.files import built_in, load
from periodic_tui.sweeping.grid import Cell
from periodic_tui.sweeping.job import Engine, EngineName
from periodic_tui.sweeping.store import Store
from periodic_tui.sweeping.sweep import Sweep

if TYPE_CHECKING:
    from periodic_tui.engine.session import Session
    from periodic_tui.ui.sweep.progress import Progress
    from periodic_tui.ui.sweep.session import SweepSession


def sweep_on_screen(
    made: Sweep, engine: Engine, store: Store, name: EngineName, glyphs: str
) -> tuple[int, Progress | None]:
    """Show the map until the user quits; returns the exit code, and how far the sweep has come if it had begun.

    `name`: of the engine that opened cells are trained by.
    """
    from periodic_tui.ui.screens.opening import Opening

    begun: list[SweepSession] = []
    _, experiment = load(made.preset, made.settings)

    def open_session() -> tuple[SweepSession, Sequence[Listed]]:
        from periodic_tui.ui.sweep.session import SweepSession

        def opened(cell: Cell) -> Session:
            return _cell_session(made, cell, name)

        begun.append(SweepSession(made, experiment.title, engine, store, opened))
        return begun[0], built_in()

    opening = Opening(made.name, experiment.title, experiment.story, "starting the sweep")
    code = shown(opening, open_session, glyphs, find_screen=_map_screen)
    return code, begun[0].latest() if begun else None


def _map_screen() -> Callable[..., Any]:
    from periodic_tui.ui.sweep.screen import MapScreen

    return MapScreen


def _cell_session(made: Sweep, cell: Cell, engine: EngineName) -> Session:
    """The run that the dashboard trains with these settings. Raises Refused."""
    from periodic_tui.engine.session import Session

    name, experiment = load(made.preset, [*made.settings, *made.grid.settings(cell)])
    recorder = recorder_for(None, False, "auto", engine, None)
    return Session(load, name, experiment, engine=engine, presets=BUILT_IN, watched=True, recorder_for=recorder)
