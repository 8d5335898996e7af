"""`sweep`: outcomes over a grid of settings and seeds."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Literal

import click

from periodic_tui.cli.command import command
from periodic_tui.cli.interruption import Interruption
from periodic_tui.cli.options import ENGINES, GLYPHS, SETTINGS, overrides
from periodic_tui.cli.say import glyphs_on, say
from periodic_tui.cli.train import INTERRUPTED, timed
from periodic_tui.cli.warn import warn
from periodic_tui.engine.errors import Refused
from periodic_tui.engine.headless import Timed
from periodic_tui.engine.overrides import Override
from periodic_tui.engine.recording.durable import replace_file
from periodic_tui.presets.files import load
from periodic_tui.sweeping import table
from periodic_tui.sweeping.grid import Cell, Grid
from periodic_tui.sweeping.job import Engine, EngineName
from periodic_tui.sweeping.result import CellResult, Ending, Failure
from periodic_tui.sweeping.store import Store
from periodic_tui.sweeping.sweep import Finished, Sweep
from periodic_tui.sweeping.values import axis
from periodic_tui.ui.terminal.line import has_terminal

if TYPE_CHECKING:
    from periodic_tui.plotting.cells import Glyphs
    from periodic_tui.ui.sweep.progress import Progress

    GlyphsOrAuto = Glyphs | Literal["auto"]

SEEDS = 32
"""Replicas of a cell."""
WIDEST = 120
"""Columns of the map."""
MOST = 100_000
"""Cells of a grid."""


@command("sweep")
@click.argument("preset")
@click.option(
    "--vary", "varied", multiple=True, required=True, metavar="KEY=V,V,…",
    help="Values of a key; also LOW..HIGH:COUNT (log: or lin: in front to force the scale), LOW..HIGH, ±HALF-WIDTH.",
)  # fmt: skip
@click.option("--replicas", type=int, default=SEEDS, metavar="R", help="Seeds of each cell.")
@click.option("--steps", type=int, metavar="N", help="Steps of each cell, by default as the preset says.")
@click.option("--seed", type=int, metavar="N", help="Seed of the first replica in each cell.")
@SETTINGS
@click.option("--at", "commands", type=timed, multiple=True, metavar="STEP:COMMAND", help="Do it after STEP steps.")
@click.option("--engine", type=click.Choice(ENGINES), default="auto", help="How steps are run.")
@click.option("--on", "place", default="local", metavar="local|ray|ray://HOST:PORT", help="Where cells are trained.")
@click.option(
    "--workers", type=click.IntRange(1, 999), metavar="N", help="Cells at once; by default one for each core."
)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each cell as it is done, then a summary.")
@click.option("--csv", "csv_file", metavar="FILE", help="Write the table, a row a cell.")
@click.option("--plot", is_flag=True, help="Draw the map in the end, without a screen.")
@GLYPHS
@click.option(
    "--record", metavar="DIR", help="Keep the cells' results in that folder, by default among the user's own."
)
def sweep(
    preset: str,
    varied: tuple[str, ...],
    replicas: int,
    steps: int | None,
    seed: int | None,
    settings: tuple[Override, ...],
    commands: tuple[Timed, ...],
    engine: EngineName,
    place: str,
    workers: int | None,
    as_json: bool,
    csv_file: str | None,
    plot: bool,
    glyphs: GlyphsOrAuto,
    record: str | None,
) -> int:
    """Train a population for every combination of the values of some keys; what is done is kept, and not done again.
    On a terminal the map is live, unless --json or --plot is given."""
    grid = grid_of(varied)
    trains = engine_of(place, workers)
    changes = overrides(settings, seed=seed, replicas=replicas, steps=steps)
    made = Sweep.of(preset, changes, grid, commands, engine)
    warn(*load(preset, [*changes, *grid.settings(next(grid.cells()))]), err=True)
    store = store_of(made, record)
    if csv_file is not None and not Path(csv_file).absolute().parent.is_dir():
        raise Refused(f"--csv {csv_file}: there is no such folder")
    if not (as_json or plot) and sys.stdout.isatty() and has_terminal():
        from periodic_tui.cli.sweep_screen import sweep_on_screen

        code, far = sweep_on_screen(made, trains, store, engine, glyphs)
        return code if far is None else _left(made, far, code, csv_file)
    return _Headless(made, as_json, csv_file, plot, glyphs).run(trains, store)


def _left(made: Sweep, far: Progress, code: int, csv_file: str | None) -> int:
    """The screen has closed: leave a line on the shell; returns the exit code."""
    summary = table.summary_fields(made, far.endings, far.trained, far.seconds)
    say(table.summary_line(summary), err=True)
    print_traces(far.endings.values())
    return _ended(made, far.endings, summary, csv_file, code)


def _ended(made: Sweep, endings: table.Endings, summary: dict[str, Any], csv_file: str | None, code: int = 0) -> int:
    """Write the table, if that is wanted and whole; returns the exit code."""
    if summary["status"] != "finished":
        return code or INTERRUPTED
    if csv_file is not None:
        write_csv(Path(csv_file), table.as_csv(made, endings))
    return code or code_of(endings)


def grid_of(varied: tuple[str, ...]) -> Grid:
    """The grid of these words. Raises Refused."""
    axes = tuple(map(axis, varied))
    keys = [each.key for each in axes]
    if twice := next((key for place, key in enumerate(keys) if key in keys[:place]), None):
        raise Refused(f"--vary {twice}: comes twice; give all its values at once")
    grid = Grid(axes)
    if len(grid) > MOST:
        raise Refused(f"--vary: {len(grid):,} cells; expected at most {MOST:,}")
    return grid


def engine_of(place: str, workers: int | None) -> Engine:
    """What trains the cells. Raises Refused where there can be no such thing."""
    if place == "local":
        from periodic_tui.sweeping.local import Local

        return Local(workers)
    if place == "ray" or place.startswith("ray://"):
        from periodic_tui.sweeping.on_ray import OnRay

        return OnRay(place, workers)
    raise Refused(f"--on {place}: expected local, ray or ray://HOST:PORT")


def store_of(made: Sweep, record: str | None) -> Store:
    """Where results are kept. Raises Refused."""
    from periodic_tui.engine.recording.home import state_folder

    return Store(state_folder() / "sweeps" / made.name if record is None else Path(record).absolute())


class _Headless:
    """A sweep without a screen: progress on stderr, results on stdout."""

    def __init__(self, made: Sweep, as_json: bool, csv_file: str | None, plot: bool, glyphs: GlyphsOrAuto) -> None:
        self._sweep, self._as_json, self._csv_file, self._plot, self._glyphs = made, as_json, csv_file, plot, glyphs
        self._endings: dict[Cell, Ending] = {}
        self._trained = 0

    def run(self, engine: Engine, store: Store) -> int:
        """Train what is not in the store, and report; returns the exit code."""
        began, stop = time.perf_counter(), Event()
        results = self._sweep.results(engine, store, stop)
        with Interruption(stop.set), _progress(len(self._sweep.grid), self._as_json) as told, closing(results):
            for finished in results:
                self._enter(finished)
                told(len(self._endings))
        summary = table.summary_fields(self._sweep, self._endings, self._trained, time.perf_counter() - began)
        self._report(summary)
        return _ended(self._sweep, self._endings, summary, self._csv_file)

    def _enter(self, finished: Finished) -> None:
        self._endings[finished.cell] = finished.ending
        self._trained += not finished.stored
        if self._as_json:
            self._echo(table.cell_fields(self._sweep, finished))
        print_traces([finished.ending])

    def _echo(self, fields: dict[str, Any]) -> None:
        from periodic_tui.cli.report import json_line

        say(json_line(fields))

    def _report(self, summary: dict[str, Any]) -> None:
        if self._as_json:
            self._echo(summary)
        else:
            for line in (*table.lines(self._sweep.grid, self._endings), table.summary_line(summary)):
                say(line)
        if self._plot:
            print_map(self._sweep.grid, self._endings, self._as_json, self._glyphs)


def code_of(endings: Mapping[Cell, Ending]) -> int:
    """The exit code of a sweep that has come to its end."""
    failures = [ending for ending in endings.values() if isinstance(ending, Failure)]
    return 1 if any(failure.crashed for failure in failures) else 2 if failures else 0


def print_traces(endings: Iterable[Ending]) -> None:
    """Where the program failed, on stderr."""
    for ending in endings:
        if isinstance(ending, Failure) and ending.trace:
            say(*ending.trace.splitlines(), err=True)


def print_map(grid: Grid, endings: dict[Cell, Ending], err: bool, glyphs: GlyphsOrAuto = "auto") -> None:
    """The map as text, as wide as the terminal; on stderr where stdout is read by a program."""
    from periodic_tui.sweeping.figure import figure

    found = glyphs_on(sys.stderr if err else sys.stdout, glyphs)
    results = {cell: ending for cell, ending in endings.items() if isinstance(ending, CellResult)}
    width = min(shutil.get_terminal_size().columns, WIDEST)
    say(*(line.rstrip() for line in figure(grid, results, width, found).text()), err=err)


def write_csv(path: Path, text: str) -> None:
    """Write it whole or not at all. Raises Refused."""
    try:
        replace_file(path, text.encode(), mode=0o666)
    except OSError as failure:
        raise Refused(f"--csv {path}: {failure.strerror}") from None


@contextmanager
def _progress(cells: int, as_json: bool) -> Iterator[Callable[[int], object]]:
    """What is told of how many cells are done: a bar on stderr, where that is a terminal and stdout is none that shows
    the same."""
    if not sys.stderr.isatty() or (as_json and sys.stdout.isatty()):
        yield lambda done: None
        return
    with click.progressbar(length=cells, file=sys.stderr, show_pos=True) as bar:
        bar.render_progress()
        yield lambda done: bar.update(done - bar.pos)
