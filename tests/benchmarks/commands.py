"""How soon a command is applied, and how long the interpreter lock is held. Exits 1 above the goals.

    python -m tests.benchmarks.commands [--engine NAME] [PRESET…]

A session trains flat out in a worker thread, with every pane looked at, and is sent commands at uneven moments: first
only those that do nothing, then remedies in between. A command may wait for 10 ms, or for one step where a step takes
longer. A second thread wakes every millisecond; how late it does is how long the lock was held.

`own` is the same wait in the worker's own processor time: what else runs on the machine does not lengthen it.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from periodic_tui.engine.commands.base import Command, Loop
from periodic_tui.engine.commands.on_run import ApplyRemedy, Undo
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import View
from periodic_tui.presets.files import load
from periodic_tui.ui.launch import SWITCH
from tests.benchmarks.measure import Figure, milliseconds, quantile, report

PRESETS = "sine-31", "magnitude-population", "ln-learns", "snake-extrapolation"
EVERYTHING = View(panes=("landscape", "features"), compare=True)
COMMANDS = 120
EACH_REMEDY = 15
"""Commands while one remedy is at work."""
SOON, LOCKED = 0.010, 0.005
TICK = 0.001
PATIENCE = 600.0
"""Seconds for a build."""
BETWEEN = 0.1
"""Seconds from one command to the next, and four steps."""
REST = 2.0
"""Seconds of training before the first command."""


@dataclass(frozen=True)
class Mark(Command):
    """A command that does nothing but note when."""

    worker: threading.Thread
    moments: list[tuple[float, float]] = field(default_factory=list)
    """By the wall clock, and in the worker's processor time."""

    @property
    def words(self) -> str:
        return "mark"

    def apply(self, loop: Loop) -> str:
        self.moments.append(moment(self.worker))
        return "marked"


def moment(worker: threading.Thread) -> tuple[float, float]:
    """Now, by the wall clock and by the processor time that the worker has used."""
    assert worker.ident
    return time.perf_counter(), time.clock_gettime(time.pthread_getcpuclockid(worker.ident))


@contextmanager
def training(name: str, engine: str) -> Iterator[tuple[Session, threading.Thread]]:
    """A session in training, flat out, once it runs on that engine."""
    name, experiment = load(name, ())
    flat_out = experiment.training.model_copy(update={"pace": 0.0})
    experiment = experiment.model_copy(update={"training": flat_out})
    session = Session(lambda preset: load(preset, ()), name, experiment, device="cpu", engine=engine)
    session.look(EVERYTHING)
    worker = threading.Thread(target=session.run, daemon=True)
    worker.start()
    end = time.perf_counter() + PATIENCE
    while not session.latest().step:
        assert worker.is_alive(), session.failure
        assert time.perf_counter() < end, "no step was taken"
        time.sleep(0.05)
    time.sleep(REST)
    yield session, worker
    session.stop()
    worker.join()
    if session.failure:
        raise session.failure


def waits(session: Session, worker: threading.Thread, between: float, remedies: bool) -> list[tuple[float, float]]:
    """Seconds from sending a command to its application, by the wall clock and of the worker's time."""
    moments, found = random.Random(31), []
    offers = [offer.name for offer in session.latest().remedies if not offer.unfit]
    for number in range(COMMANDS):
        if remedies and offers and number % EACH_REMEDY == 0:
            session.send(Undo())
            session.send(ApplyRemedy(offers[number // EACH_REMEDY % len(offers)]))
        time.sleep(moments.uniform(0.5, 1.5) * between)
        mark, sent = Mark(worker), moment(worker)
        session.send(mark)
        while not mark.moments:
            time.sleep(TICK)
        found.append((mark.moments[0][0] - sent[0], mark.moments[0][1] - sent[1]))
    return found


@contextmanager
def lateness() -> Iterator[list[float]]:
    """Seconds by which a thread that sleeps a millisecond at a time wakes too late."""
    found: list[float] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            started = time.perf_counter()
            time.sleep(TICK)
            found.append(time.perf_counter() - started - TICK)

    thread = threading.Thread(target=watch)
    thread.start()
    yield found
    ended.set()
    thread.join()


def measured(name: str, engine: str) -> list[Figure]:
    """Print one preset's figures; those that have goals."""
    figures = []
    with training(name, engine) as (session, worker):
        step = 1 / session.latest().rate
        for what, remedies in ((name, False), (f"{name}, remedies", True)):
            with lateness() as late:
                wall, own = zip(*waits(session, worker, BETWEEN + 4 * step, remedies), strict=True)
            print(f"{what:32}{1e3 * step:9.3f}{shares(wall)}{shares(own)}{shares(late)}", flush=True)
            figures += [
                Figure(f"{what}: command, p99", quantile(wall, 0.99), max(SOON, step), milliseconds),
                Figure(f"{what}: lock held, p99", quantile(late, 0.99), LOCKED, milliseconds),
            ]
    return figures


def shares(seconds: Sequence[float]) -> str:
    """Median, 99th percentile and maximum, in milliseconds."""
    return "   " + "".join(f"{1e3 * quantile(seconds, share):8.2f}" for share in (0.5, 0.99, 1.0))


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--engine", default="compiled")
    parser.add_argument("presets", nargs="*", default=PRESETS)
    arguments = parser.parse_args()
    sys.setswitchinterval(SWITCH)
    columns = "".join(f"{what + ' p50':>11}{'p99':>8}{'max':>8}" for what in ("wait", "own", "lock"))
    print(f"{'ms':32}{'step':>9}{columns}")
    return report([figure for name in arguments.presets for figure in measured(name, arguments.engine)])


if __name__ == "__main__":
    sys.exit(main())
