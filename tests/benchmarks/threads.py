"""What several threads are worth. Exits 1 below a goal.

python -m tests.benchmarks.threads                 populations and a wide network, on one thread and on all cores
python -m tests.benchmarks.threads --jax PYTHON    and populations against vmap + scan on as many threads

Everything in this process, round by round, on the same compiled steps. The first run builds them, which takes minutes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from statistics import median

from periodic_tui.engine.scheduling.cores import usable_cores
from periodic_tui.engine.session import Session
from periodic_tui.presets.files import load
from tests.benchmarks.measure import Samples, interleaved, ratio
from tests.pty.terminal import ROOT

ROUNDS, SECONDS = 5, 1.0
OF_EACH_THREAD, OF_JAX = 0.9, 2.0
"""Of the speed of one thread, what each of several has at least; and how many times JAX's a population's."""
MANY = 512
"""Replicas for each thread from which that is a goal."""
WORKLOADS: tuple[tuple[str, int], ...] = (
    ("magnitude-population", 1_024),
    ("magnitude-population", 256),
    ("sine-landscape", 1_024),
    ("snake-extrapolation", 1),
    ("snake-extrapolation", 4),
)
"""Presets and replicas."""
IN_JAX = {"magnitude-population": 3}
"""The numbers of the same loops in jax_loops.py."""


class Ours:
    """One preset with so many replicas, trained on so many threads; replica-steps a second."""

    def __init__(self, preset: str, replicas: int) -> None:
        name, experiment = load(preset, [("training.replicas", replicas)])
        self._session = Session(
            lambda other: load(other, []), name, experiment, device="cpu", engine="compiled", threads=1
        )
        self._session.open()
        self._trainer, self._replicas = self._session.current.trainer, replicas
        self._chunk = 1

    def rate(self, threads: int) -> float:
        """Only the steps count, from where the run is."""
        trainer = self._trainer
        trainer.stepper.threads = threads
        done, started = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - started) < SECONDS:
            began = time.perf_counter()
            trainer.advance(self._chunk)
            done += self._chunk
            if time.perf_counter() - began < 0.02:
                self._chunk *= 2
        return done * self._replicas / elapsed


class Jax:
    """The same populations in a process of its own, on as many threads as there are."""

    def __init__(self, python: str) -> None:
        program = [python, str(ROOT / "tests" / "benchmarks" / "jax_loops.py")]
        env = os.environ | {"JAX_PLATFORMS": "cpu"}
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def rate(self, number: int, replicas: int) -> float:
        """Replica-steps a second of a workload."""
        assert self._process.stdin
        assert self._process.stdout
        print(number, replicas, SECONDS, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())


def compare(preset: str, replicas: int, cores: int, jax: Jax | None) -> list[str]:
    """Measure one workload and print its line; returns the goals that it misses."""
    ours = Ours(preset, replicas)
    measures: dict[str, Callable[[], float]] = {"one": partial(ours.rate, 1), "all": partial(ours.rate, cores)}
    if jax and preset in IN_JAX:
        measures["jax"] = partial(jax.rate, IN_JAX[preset], replicas)
    samples = interleaved(measures, ROUNDS)
    against = f"{ratio(samples, 'all', 'jax'):>8.1f} × JAX" if "jax" in samples else ""
    figures = f"{median(samples['one']):>14,.0f}{median(samples['all']):>14,.0f}{ratio(samples, 'all', 'one'):>8.2f} ×"
    print(f"{preset + f', R = {replicas:,}':36}{figures}{against}", flush=True)
    return _missed(preset, replicas, cores, samples)


def _missed(preset: str, replicas: int, cores: int, samples: Samples) -> list[str]:
    gain, goal = ratio(samples, "all", "one"), OF_EACH_THREAD * cores
    missed = []
    if replicas >= MANY * cores and gain < goal:
        missed.append(f"{preset}, R = {replicas:,}: {gain:.2f} times one thread, goal {goal:.2f}")
    if "jax" in samples and replicas == 256 and (of_jax := ratio(samples, "all", "jax")) < OF_JAX:
        missed.append(f"{preset}, R = {replicas:,}: {of_jax:.2f} times JAX, goal {OF_JAX:g}")
    return missed


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--jax", metavar="PYTHON", help="a Python that has jax")
    parser.add_argument("--threads", type=int, default=usable_cores(), metavar="N", help="by default all cores")
    arguments = parser.parse_args()
    jax = Jax(arguments.jax) if arguments.jax else None
    print(f"{'replica-steps/s':36}{'1 thread':>14}{f'{arguments.threads} threads':>14}")
    missed = [line for each in WORKLOADS for line in compare(*each, arguments.threads, jax)]
    for line in missed:
        print(f"MISSED {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
