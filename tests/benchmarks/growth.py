"""How the cost of a run grows with width, replicas and steps. Exits 1 where steps are not all alike.

    python -m tests.benchmarks.growth [--engine NAME]

Each row is a process of its own: seconds until the run is open, the build left out; microseconds a step, and how many
times those of the row above; milliseconds for the live screen's picture; megabytes resident. Over ten million steps of
sine-31, both the time of a step from where the run began and the memory must stay as they are.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median

import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.session import Session
from tests.benchmarks.measure import Figure, report
from tests.benchmarks.memory import MOST_GROWTH, megabytes
from tests.benchmarks.workloads import WORKLOADS

WIDTHS = 3, 64, 512, 4_096
REPLICAS = 1, 64, 1_024, 4_096
MILESTONES = 10_000, 100_000, 1_000_000, 10_000_000
SLOWER = 1.05
"""Most that a step may take after the last milestone, over that after the second."""
CHUNKS = 30
CHUNK_SECONDS = 0.02
PICTURES = 5


@dataclass(frozen=True)
class Cost:
    """Of one run."""

    opening: float
    """Seconds."""
    step: float
    """Seconds."""
    picture: float
    """Seconds."""
    memory: float
    """MB."""


def opened(experiment: Experiment, engine: str) -> Session:
    """A session on one thread."""
    torch.set_num_threads(1)
    session = Session(lambda name: (name, experiment), "growth", experiment, device="cpu", engine=engine)
    session.open()
    return session


def cost(experiment: Experiment, engine: str) -> Cost:
    """What a run costs whose step has been built."""
    opened(experiment, engine)
    started = time.perf_counter()
    session = opened(experiment, engine)
    opening = time.perf_counter() - started
    step = seconds_a_step(session)
    pictures = []
    for _ in range(PICTURES):
        session.advance(1)
        started = time.perf_counter()
        session._publish()
        pictures.append(time.perf_counter() - started)
    return Cost(opening, step, median(pictures), megabytes())


def seconds_a_step(session: Session) -> float:
    """Median over chunks of steps."""
    count, taken = 1, 0.0
    while taken < CHUNK_SECONDS:
        count, taken = 2 * count, chunk(session, 2 * count)
    return median(chunk(session, count) for _ in range(CHUNKS)) / count


def chunk(session: Session, count: int) -> float:
    """Seconds that so many steps take."""
    started = time.perf_counter()
    session.advance(count)
    return time.perf_counter() - started


def grow(what: str, experiments: dict[int, Experiment], engine: str) -> None:
    """Print a row for each size."""
    print(f"\n{what:>10}{'opening s':>11}{'step µs':>12}{'':8}{'picture ms':>12}{'MB':>8}{'':8}")
    before: Cost | None = None
    for size, experiment in experiments.items():
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            now = alone.submit(cost, experiment, engine).result()
        last = before or now
        slower, larger = f"{now.step / last.step:.1f}×", f"{now.memory / last.memory:.1f}×"
        print(f"{size:>10,}{now.opening:>11.2f}{1e6 * now.step:>12,.1f}{slower:>8}{1e3 * now.picture:>12.1f}"
              f"{now.memory:>8,.0f}{larger:>8}", flush=True)  # fmt: skip
        before = now


def steps(engine: str) -> list[Figure]:
    """Print a row for each milestone; the figures that have goals."""
    session = opened(WORKLOADS["sine, 1 parameter, batch 32"].experiment(), engine)
    print(f"\n{'steps':>10}{'step µs':>12}{'MB':>8}")
    each, memory = [], []
    for milestone in MILESTONES:
        while session.step < milestone:
            session.advance(2_000)
        session.apply(parse("reinitialize"))  # the sine of a large number takes longer, and the frequency wanders
        each.append(seconds_a_step(session))
        memory.append(megabytes())
        print(f"{milestone:>10,}{1e6 * each[-1]:>12.2f}{memory[-1]:>8,.0f}", flush=True)
    print()
    return [
        Figure("a step after 10,000,000 over one after 100,000", each[3] / each[1], SLOWER),
        Figure("MB more after 10,000,000 than after 1,000,000", memory[3] - memory[2], MOST_GROWTH),
    ]


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--engine", default="compiled")
    engine = parser.parse_args().engine
    magnitude = WORKLOADS["2-3-1 Adam batch 32"]
    tables = {width: magnitude.table | {"model": {"kind": "mlp", "hidden": [width]}} for width in WIDTHS}
    grow("width", {width: Experiment.model_validate(table) for width, table in tables.items()}, engine)
    grow("replicas", {count: magnitude.experiment(replicas=count) for count in REPLICAS}, engine)
    return report(steps(engine))


if __name__ == "__main__":
    sys.exit(main())
