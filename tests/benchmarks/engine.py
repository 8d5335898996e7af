"""Steps a second of every engine against the loops that people write. Exits 1 below a goal.

python -m tests.benchmarks.engine                  each workload: bare loop, eager, compiled, `train`, the dashboard
python -m tests.benchmarks.engine NAME…            those alone in whose names one of these occurs
python -m tests.benchmarks.engine --jax PYTHON     and against jit + scan in an environment that has jax

`train`, for some seconds and for as many steps as that were, and the dashboard are the commands that users run,
recording as by default; the others run in this process. All with one thread each. The rounds are interleaved and the
ratios are taken round by round, so that a busy machine slows both sides alike. Ours start anew in every round: a step
need not cost the same everywhere, the sine of a large number takes longer. The first run builds the compiled steps,
which takes minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

os.environ.setdefault("OMP_NUM_THREADS", "1")

import tomli_w
import torch

from periodic_tui.engine.commands.base import parse
from periodic_tui.engine.experiment import Experiment
from periodic_tui.engine.session import Session
from tests.benchmarks.measure import Samples, interleaved, ratio
from tests.benchmarks.memory import step_of
from tests.benchmarks.workloads import WORKLOADS, Workload
from tests.pty.terminal import ROOT, Terminal

ROUNDS = 3
SECONDS, TRAINED = 2.0, 6.0
"""For which the loops that people write are measured, and what trains here."""
OF_JAX = 1.2
"""Of the replica-steps a second of JAX, those of a population."""
OF_HEADLESS = 0.9
"""Of the steps a second in this process, those of the commands that users run, at least."""
POPULATIONS = 256, 4_096
SMALL = "sine, 1 parameter, batch 32", "2-3-1 Adam batch 32"
"""Whose populations are measured."""
ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
LARGER = 4
"""Times the chunks of `train`."""
PROGRAM = [sys.executable, "-m", "periodic_tui"]
ON = ["--device", "cpu", "--engine", "compiled", "--threads", "1"]
PATIENCE = 60.0
"""Seconds in which the dashboard must answer on a busy machine."""


def per_second(advance: Callable[[], int], seconds: float = SECONDS) -> float:
    """Steps a second of something that takes some steps at each call."""
    done, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        done += advance()
    return done / elapsed


def bare(workload: Workload) -> Callable[[], float]:
    """The loop as the write-ups print it."""
    loop = workload.bare()

    def step() -> int:
        next(loop)
        return 1

    return partial(per_second, step)


def headless(experiment: Experiment, engine: str) -> Callable[[], float]:
    """A session without a screen; replica-steps a second."""
    session = Session(lambda name: (name, experiment), "benchmark", experiment, device="cpu", engine=engine, threads=1)
    session.open()
    session.advance(1)
    chunk = LARGER * session.chunk

    def measured() -> float:
        session.apply(parse("reinitialize"))
        return per_second(lambda: session.advance(chunk) * experiment.training.replicas, TRAINED)

    return measured


@contextmanager
def preset_file(experiment: Experiment) -> Iterator[Path]:
    """An experiment as a preset."""
    with tempfile.TemporaryDirectory() as folder:
        preset = Path(folder) / "workload.toml"
        preset.write_text(tomli_w.dumps(experiment.model_dump(mode="json", exclude_unset=True)))
        yield preset


def train(preset: Path, *until: str) -> dict[str, float]:
    """The summary of `train` as a process of its own."""
    words = ["train", str(preset), *ON, *until, "--record", str(preset.parent / "run"), "--json"]
    run = subprocess.run([*PROGRAM, *words], capture_output=True, text=True, check=True)
    shutil.rmtree(preset.parent / "run")
    summary: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return summary


class Trained:
    """Steps a second of `train`; what it takes to start does not count."""

    def __init__(self, preset: Path) -> None:
        self._preset = preset
        self._steps = 0
        """Of the last run for some seconds."""

    def by_seconds(self) -> float:
        summary = train(self._preset, "--seconds", str(TRAINED))
        self._steps = int(summary["steps"])
        return summary["steps_per_second"]

    def by_steps(self) -> float:
        return train(self._preset, "--steps", str(self._steps))["steps_per_second"]


@contextmanager
def dashboard(preset: Path) -> Iterator[Callable[[], float]]:
    """The dashboard in a pseudo-terminal, paused but while it is measured by its header and the wall clock."""
    with Terminal([*PROGRAM, str(preset), *ON], columns=160) as terminal:
        terminal.wait_for(lambda rows: "training" in rows[0] and "compiled" in rows[0], seconds=600)
        terminal.send(" ")
        terminal.wait_for(lambda rows: "paused" in rows[0], PATIENCE)
        yield partial(_counted, terminal)
        terminal.send("q")
        terminal.wait_exit()


def _counted(terminal: Terminal) -> float:
    terminal.send("r ")
    terminal.wait_for(lambda rows: "training" in rows[0], PATIENCE)
    first, started = _next_step(terminal)
    time.sleep(TRAINED)
    last, ended = _next_step(terminal)
    terminal.send(" ")
    terminal.wait_for(lambda rows: "paused" in rows[0], PATIENCE)
    return (last - first) / (ended - started)


def _next_step(terminal: Terminal) -> tuple[int, float]:
    """The next step number that the header shows, and when it came."""
    shown = step_of(terminal.screen())
    moment = terminal.wait_for(lambda rows: step_of(rows) != shown, PATIENCE)
    return step_of(terminal.screen()), moment


class Jax:
    """The same workloads in a process of its own."""

    def __init__(self, python: str) -> None:
        program = ROOT / "tests" / "benchmarks" / "jax_loops.py"
        self._process = subprocess.Popen(
            [python, str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"XLA_FLAGS": ONE_THREAD, "JAX_PLATFORMS": "cpu"},
        )

    def rate(self, number: int, replicas: int) -> float:
        """Replica-steps a second of a workload."""
        assert self._process.stdin
        assert self._process.stdout
        print(number, replicas, SECONDS, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())


def compare(name: str, jax: Jax | None) -> list[str]:
    """Measure one workload and print its line; returns the goals that it misses."""
    workload = WORKLOADS[name]
    with ExitStack() as stack:
        preset = stack.enter_context(preset_file(workload.experiment()))
        trained = Trained(preset)
        measures: dict[str, Callable[[], float]] = {
            "bare": bare(workload),
            "eager": headless(workload.experiment(), "eager"),
            "compiled": headless(workload.experiment(), "compiled"),
            "--seconds": trained.by_seconds,
            "--steps": trained.by_steps,
            "dashboard": stack.enter_context(dashboard(preset)),
        }
        if jax:
            measures["jax"] = partial(jax.rate, list(WORKLOADS).index(name), 1)
        samples = interleaved(measures, ROUNDS)
    columns = [f"{median(samples['bare']):>9,.0f}"]
    columns += [
        f"{median(samples[engine]):>11,.0f} {ratio(samples, engine, 'bare'):>6.1f}×"
        for engine in ("eager", "compiled", "--seconds", "--steps", "dashboard")
    ]
    columns += [f"{ratio(samples, 'compiled', 'jax'):>6.2f} of JAX"] if jax else []
    print(f"{name:32}{''.join(columns)}", flush=True)
    return _missed(name, workload, samples)


def _missed(name: str, workload: Workload, samples: Samples) -> list[str]:
    commands = "--seconds", "--steps", "dashboard"
    goals = {f"{command} ÷ bare": (ratio(samples, command, "bare"), workload.goal) for command in commands[:2]}
    goals |= {f"{command} ÷ compiled": (ratio(samples, command, "compiled"), OF_HEADLESS) for command in commands}
    if "jax" in samples:
        goals["compiled ÷ JAX"] = ratio(samples, "compiled", "jax"), 1.0
    return [f"{name}: {what} {value:.2f}, goal {goal:g}" for what, (value, goal) in goals.items() if value < goal]


def population(name: str, replicas: int, jax: Jax | None) -> list[str]:
    """Measure so many seeds at once, by replica-steps a second, and print their line; the goals that are missed."""
    experiment = WORKLOADS[name].experiment(replicas=replicas)
    with preset_file(experiment) as preset, dashboard(preset) as shown:
        measures = {"compiled": headless(experiment, "compiled"), "dashboard": lambda: replicas * shown()}
        if jax:
            measures["jax"] = partial(jax.rate, list(WORKLOADS).index(name), replicas)
        samples = interleaved(measures, ROUNDS)
    what, of_headless = f"{name}, R = {replicas:,}", ratio(samples, "dashboard", "compiled")
    against = f"{ratio(samples, 'compiled', 'jax'):>6.2f} of JAX" if jax else ""
    figures = f"{median(samples['compiled']):>13,.0f} replica-steps/s, with the dashboard {of_headless:.2f} of that"
    print(f"{what:38}{figures} {against}", flush=True)
    missed = (
        [f"{what}: dashboard ÷ compiled {of_headless:.2f}, goal {OF_HEADLESS}"] if of_headless < OF_HEADLESS else []
    )
    if jax and ratio(samples, "compiled", "jax") < OF_JAX:
        missed.append(f"{what}: below {OF_JAX} of JAX")
    return missed


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("names", nargs="*", metavar="NAME", default=[""], help="a part of a workload's name")
    parser.add_argument("--jax", metavar="PYTHON", help="a Python that has jax")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    jax = Jax(arguments.jax) if arguments.jax else None
    names = [name for name in WORKLOADS if any(part in name for part in arguments.names)]
    columns = "".join(f"{what:>19}" for what in ("eager", "compiled", "train --seconds", "train --steps", "dashboard"))
    print(f"{'steps/s':32}{'bare':>9}{columns}")
    missed = [line for name in names for line in compare(name, jax)]
    missed += [line for name in names if name in SMALL for each in POPULATIONS for line in population(name, each, jax)]
    for line in missed:
        print(f"MISSED {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
