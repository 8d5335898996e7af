"""What a sweep costs: `python -m tests.benchmarks.sweep`.

It exits 1 where a sweep takes more than 0.6 of the time of its cells one after the other by `train`, by the commands
that users run, in turn, with every step compiled before. And it measures what a cell costs besides its training,
locally and, with `--ray`, as a task of Ray: the figures of docs/sweeps.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event

from periodic_tui.sweeping.grid import Grid
from periodic_tui.sweeping.job import Engine, Job, Keep, Run
from periodic_tui.sweeping.local import Local
from periodic_tui.sweeping.result import CellResult
from periodic_tui.sweeping.store import Store
from periodic_tui.sweeping.sweep import Sweep
from periodic_tui.sweeping.values import axis
from tests.benchmarks.measure import Figure, interleaved, ratio, report

PROGRAM = [sys.executable, "-m", "periodic_tui"]
GRID = ("optimizer.lr=1e-4..1e-1:4", "model.hidden=[3],[6]")
SEEDS = 32
GOAL = 0.6
"""Largest share of the time of the cells one after the other, on two cores."""
MANY = 10_000
"""Cells whose checking and keeping is timed."""
TASKS = 400
"""Tasks whose overhead is timed."""


class AtOnce:
    """An engine that trains nothing."""

    def run(self, jobs: Sequence[Job], keep: Keep, stop: Event) -> Run:
        """One result for all."""
        result = CellResult("finished", 1, "eager", {"solved": 1}, (0.0, 0.0, 0.0), None)
        for job in jobs:
            keep(job, result)
            yield job, result


def by_sweep(folder: str) -> list[float]:
    """Seconds of the cells of a sweep as users start it."""
    words = [*PROGRAM, "sweep", "magnitude", *(f"--vary={each}" for each in GRID), "--json", "--engine", "compiled"]
    ended = subprocess.run([*words, "--record", folder], check=True, capture_output=True, text=True)
    lines = map(json.loads, ended.stdout.splitlines())
    return [line["seconds"] for line in lines if line["event"] == "cell"]


def by_train() -> None:
    """The same cells, one after the other."""
    grid = Grid(tuple(map(axis, GRID)))
    for cell in grid.cells():
        own = [f"--set={key}={json.dumps(value)}" for key, value in grid.settings(cell)]
        words = [*PROGRAM, "train", "magnitude", f"--replicas={SEEDS}", *own, "--no-record", "--engine", "compiled"]
        subprocess.run(words, check=True, capture_output=True)


def compared(rounds: int) -> Figure:
    """How long both take, in turn; the first sweep, which compiles, does not count."""
    cells: list[float] = []

    def sweep() -> float:
        began = time.perf_counter()
        with TemporaryDirectory() as folder:
            cells[:] = by_sweep(folder)
        return time.perf_counter() - began

    def train() -> float:
        began = time.perf_counter()
        by_train()
        return time.perf_counter() - began

    sweep()
    samples = interleaved({"sweep": sweep, "train": train}, rounds, warm_up=0)
    print(f"{len(cells)} cells of {SEEDS} seeds, {Local().workers} workers; seconds of each: {samples}")
    print(f"seconds a cell on a worker: median {median(cells):.2f}; the first, which load torch: {max(cells):.2f}")
    return Figure("sweep, over its cells one after the other", ratio(samples, "sweep", "train"), GOAL)


def bookkeeping() -> None:
    """Print what checking a cell, and keeping a result, take."""
    began = time.perf_counter()
    swept = Sweep.of("magnitude", [], Grid((axis(f"training.seed=0..{MANY - 1}"),)))
    checked = time.perf_counter()
    with TemporaryDirectory() as folder:
        assert len(list(swept.results(AtOnce(), Store(Path(folder)), Event()))) == MANY
    kept = time.perf_counter()
    print(f"checking {1000 * (checked - began) / MANY:.2f} ms a cell, keeping {1000 * (kept - checked) / MANY:.2f} ms")


def overhead(name: str, engine: Engine, workers: int) -> None:
    """Print what a task costs that trains nothing: its worker refuses another version's code at once."""
    settings = {"training": {"seed": 0}}
    jobs = [Job(settings, ((step, "inject"),), "eager", "no such version") for step in range(TASKS + workers)]
    times = []
    began = time.perf_counter()
    for _ in engine.run(jobs, lambda *_: None, Event()):
        times.append(time.perf_counter())
    ended = time.perf_counter()
    each = (times[-1] - times[workers]) / (len(times) - workers - 1)
    print(
        f"{name}: {1000 * each * workers:.1f} ms a task and worker, {1000 * each:.1f} ms a task in all, "
        f"{times[0] - began:.1f} s until the first, {ended - times[-1]:.1f} s for the end"
    )


def main() -> int:
    """Measure all of it; 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ray", action="store_true", help="a task of Ray, too")
    asked = parser.parse_args()
    bookkeeping()
    workers = Local().workers
    overhead("local", Local(), workers)
    if asked.ray:
        from periodic_tui.sweeping.on_ray import OnRay

        overhead("ray", OnRay("ray"), workers)
    return report([compared(asked.rounds)])


if __name__ == "__main__":
    sys.exit(main())
