"""What watching costs: scripts alone, and the same ones under `watch --headless`, recorded as by default, in turn.

    python -m tests.benchmarks.watching [--rounds N] [--seconds S] [NAME ...]

Each script trains for so many seconds of the processor, and prints how long a step took it, by the clock and by the
processor's time: that includes all threads of its process, so that what is recorded meanwhile counts. The ratios are
taken round by round, so that a busy machine slows both alike; the goals are held against the processor's time. Exits 1
where one is missed.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from statistics import median

from tests.benchmarks.measure import Figure, interleaved, ratio, report

LOOP = """
import json, sys, time
import torch
from torch import nn
torch.manual_seed(0)
torch.set_num_threads(1)
{model}
optimizer = torch.optim.{optimizer}
steps, began, processor = 0, time.perf_counter(), time.process_time()
while time.process_time() - processor < float(sys.argv[1]):
    x = torch.rand({batch}, {inputs})
    loss = nn.functional.mse_loss(net(x), x.sum(1, keepdim=True))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    steps += 1
steps = max(steps, 1)
clock, processor = time.perf_counter() - began, time.process_time() - processor
print(json.dumps([clock / steps, processor / steps]), file=open(sys.argv[2], "w"))
"""
NET = "net = nn.Sequential(nn.Linear({0}, {1}), nn.ReLU(), nn.Linear({1}, {2}), nn.ReLU(), nn.Linear({2}, 1))"
SCRIPTS = {
    "three layers": LOOP.format(
        model=NET.format(16, 128, 128), optimizer="Adam(net.parameters(), lr=1e-3)", batch=192, inputs=16
    ),
    "2×512": LOOP.format(
        model=NET.format(32, 512, 512), optimizer="Adam(net.parameters(), lr=1e-3)", batch=256, inputs=32
    ),
    "tiny": LOOP.format(model=NET.format(1, 50, 10), optimizer="SGD(net.parameters(), lr=0.01)", batch=50, inputs=1),
}
"""Of about a millisecond a step, of several, and of a third of one."""
GOALS = {"three layers": 1.03, "2×512": 1.02}


def run(folder: Path, name: str, seconds: float, watched: bool) -> tuple[float, float]:
    """Seconds a step by the clock and by the processor's time."""
    script, told = folder / f"{name.replace(' ', '-')}.py", folder / "told.json"
    script.write_text(SCRIPTS[name])
    watch = ["-m", "periodic_tui", "watch", "--headless"] if watched else []
    subprocess.run(
        [sys.executable, *watch, str(script), str(seconds), str(told)], check=True, capture_output=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "XDG_STATE_HOME": str(folder / "state")},
    )  # fmt: skip
    clock, processor = json.loads(told.read_text())
    return clock, processor


def measure(folder: Path, name: str, seconds: float, rounds: int) -> list[Figure]:
    """The figures of one script."""
    found: dict[str, list[tuple[float, float]]] = {"alone": [], "watched": []}

    def turn(kind: str) -> float:
        found[kind].append(run(folder, name, seconds, kind == "watched"))
        return found[kind][-1][1]

    samples = interleaved({kind: partial(turn, kind) for kind in found}, rounds, warm_up=0)
    clocks = {kind: [each[0] for each in turns] for kind, turns in found.items()}
    clock, processor = ratio(clocks, "watched", "alone"), ratio(samples, "watched", "alone")
    more = 1e6 * median(a - b for a, b in zip(samples["watched"], samples["alone"], strict=True))
    print(
        f"{name}: {1 / median(clocks['alone']):,.0f} steps/s alone, by the clock × {clock:.3f}, {more:+.0f} µs a step"
    )
    goal = GOALS.get(name, math.inf)
    return [Figure(f"{name}, processor's time watched over alone", processor, goal, "{:.3f}".format)]


def main() -> int:
    """Measure, and print."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("names", nargs="*", default=[*SCRIPTS])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = [
            figure for name in options.names for figure in measure(Path(folder), name, options.seconds, options.rounds)
        ]
    return report(figures)


if __name__ == "__main__":
    sys.exit(main())
