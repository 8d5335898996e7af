"""What recording costs: steps and frames of the dashboard, with and without `--no-record`.

    python -m tests.benchmarks.recording [--engine auto|eager|compiled] [--rounds N] [PRESET ...]

First, of a session without a screen, the share of the time for which recording holds the processor: its thread, and
what the worker hands over. That is the figure to go by where others work on the machine, and the only one with
`--rounds 0`. Then the dashboard, twice: both are open, and train in turn; the ratios are taken round by round, so that
a busy machine slows both alike. A turn is long enough for checkpoints. Exits 1 where recording takes more than 2 % of
the time, costs more than 2 % of the steps by the clock or by the processor's time, or makes the median time between two
frames longer by more than 2 %.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.recording.recorder import Recorder
from periodic_tui.engine.recording.recording import About
from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import Snapshot, View
from periodic_tui.presets.files import load
from tests.benchmarks.measure import Figure, milliseconds, ratio, report
from tests.benchmarks.memory import step_of
from tests.pty.terminal import Terminal

PRESETS = ("sine-31", "magnitude-population")
SECONDS = 9.0
"""Of a turn: two checkpoints or three."""
ALONE = 30.0
"""Of the session without a screen."""
MOST = 1.02
PATIENCE = 60.0
BUILD = 900.0
"""Seconds that the compiled engine may take."""


@dataclass(frozen=True)
class Turn:
    """What came out while it trained."""

    seconds: float
    """For a step, by the clock."""
    processor: float
    """For a step, by the processor's time."""
    frame: float
    """Median of the seconds between two frames."""


def processor_seconds(task: str) -> float:
    """Time that a process, or a thread as `self/task/NUMBER`, has used so far."""
    words = Path(f"/proc/{task}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def turn(terminal: Terminal) -> Turn:
    """Train for a while, from the same beginning."""
    terminal.send("r ")
    terminal.wait_for(lambda rows: "training" in rows[0], PATIENCE)
    first, began = _next_frame(terminal)
    used, moments, last = processor_seconds(str(terminal.process.pid)), [began], first
    while moments[-1] - began < SECONDS:
        last, moment = _next_frame(terminal)
        moments.append(moment)
    used = processor_seconds(str(terminal.process.pid)) - used
    terminal.send(" ")
    terminal.wait_for(lambda rows: "paused" in rows[0], PATIENCE)
    steps = last - first
    return Turn((moments[-1] - began) / steps, used / steps, median(b - a for a, b in pairwise(moments)))


def _next_frame(terminal: Terminal) -> tuple[int, float]:
    """The next step that the header shows, and when it came."""
    shown = step_of(terminal.screen())
    moment = terminal.wait_for(lambda rows: step_of(rows) != shown, PATIENCE)
    return step_of(terminal.screen()), moment


class Timed(Recorder):
    """A recorder that knows how long handing over to it took."""

    handed_over = 0.0

    def status(self, step: int, seconds: float | None = None) -> None:
        began = time.thread_time()
        super().status(step, seconds)
        self.handed_over += time.thread_time() - began

    def picture(self, snapshot: Snapshot) -> None:
        began, before = time.thread_time(), self.handed_over
        super().picture(snapshot)
        self.handed_over = before + time.thread_time() - began

    @property
    def processor(self) -> float:
        """Seconds of the processor for all that is recorded, but for taking checkpoints."""
        return self.handed_over + processor_seconds(f"self/task/{self._thread.native_id}")


def share(preset: str, engine: str) -> float:
    """The share of the time for which recording holds the processor."""
    made: list[Timed] = []
    name, experiment = load(preset)
    with tempfile.TemporaryDirectory() as place:

        def begun(name: str, experiment: Experiment) -> Recorder:
            made.append(Timed(Path(place) / str(len(made)), About(name)))
            return made[-1]

        session = Session(load, name, experiment, device="cpu", engine=engine, recorder_for=begun)
        session.look(View(panes=("loss", "frequency", "fit", "units", "events", "population")))
        worker = threading.Thread(target=session.run)
        worker.start()
        while not session.latest().step or (engine != "eager" and "compiled" not in session.latest().engine):
            time.sleep(0.1)
        used, passed = _used(session, made[0])
        session.stop()
        worker.join()
    return used / passed


def _used(session: Session, recorder: Timed) -> tuple[float, float]:
    """Seconds that recording takes while the session trains for a while, and seconds that pass."""
    keeping = session._keeping
    assert keeping
    before, began = recorder.processor + keeping.seconds, time.perf_counter()
    time.sleep(ALONE)
    return recorder.processor + keeping.seconds - before, time.perf_counter() - began


def opened(preset: str, engine: str, *options: str) -> Terminal:
    """The dashboard, not yet begun."""
    words = [preset, "--device", "cpu", "--engine", engine, *options]
    return Terminal([sys.executable, "-m", "periodic_tui", *words], columns=160)


def ready(terminal: Terminal, engine: str) -> None:
    """Wait until it trains on that engine, and pause it."""
    wanted = "training" if engine == "eager" else "compiled"
    terminal.wait_for(lambda rows: wanted in rows[0] and step_of(rows) > 0, BUILD)
    terminal.send(" ")
    terminal.wait_for(lambda rows: "paused" in rows[0], PATIENCE)


def turns(preset: str, engine: str, rounds: int) -> dict[str, list[Turn]]:
    """What came out with and without recording, round by round."""
    found: dict[str, list[Turn]] = {"recorded": [], "not": []}
    with ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory())
        recorded = opened(preset, engine, "--record", f"{place}/run")
        terminals = {"recorded": recorded, "not": opened(preset, engine, "--no-record")}
        for terminal in terminals.values():
            ready(stack.enter_context(terminal), engine)
        for number in range(rounds):
            for name in sorted(terminals, reverse=number % 2 == 1):
                found[name].append(one := turn(terminals[name]))
                print(
                    f"{preset} {name}: {1 / one.seconds:,.0f} steps/s, {one.processor * 1e6:,.2f} µs of the processor "
                    f"a step, {milliseconds(one.frame)} a frame",
                    flush=True,
                )
        for terminal in terminals.values():
            terminal.send("q")
            terminal.wait_exit()
    return found


def cost(preset: str, engine: str, rounds: int) -> list[Figure]:
    """The ratios of a preset."""
    taken = f"{preset}: share of the time that recording takes"
    alone = Figure(taken, share(preset, engine), MOST - 1, "{:.2%}".format)
    if not rounds:
        return [alone]
    found = turns(preset, engine, rounds)

    def figure(what: str, of: Callable[[Turn], float]) -> Figure:
        samples = {name: [of(one) for one in each] for name, each in found.items()}
        return Figure(f"{preset}: {what}, with ÷ without", ratio(samples, "recorded", "not"), MOST, "{:.3f}".format)

    return [
        alone,
        figure("seconds a step", lambda one: one.seconds),
        figure("processor's seconds a step", lambda one: one.processor),
        figure("seconds a frame", lambda one: one.frame),
    ]


def main() -> int:
    parser = ArgumentParser()
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("presets", nargs="*", default=PRESETS)
    asked = parser.parse_args()
    return report([figure for preset in asked.presets for figure in cost(preset, asked.engine, asked.rounds)])


if __name__ == "__main__":
    sys.exit(main())
