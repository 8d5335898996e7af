"""An hour of `magnitude-population` on the screen: memory, and what a frame costs. Exits 1 where either is not flat.

    python -m tests.benchmarks.hour [--minutes 60]

A row for each twelfth of the time: resident memory, frames a second, and the processor's time of the program's main
thread for each of them. The first twelfth, in which the step is compiled, counts for neither goal.
"""

import sys
import time
from argparse import ArgumentParser
from statistics import median

from tests.benchmarks.measure import Figure, milliseconds, report
from tests.benchmarks.memory import megabytes, step_of
from tests.benchmarks.screen import FRAME, main_thread_seconds
from tests.pty.terminal import Terminal

COMMAND = [sys.executable, "-m", "periodic_tui", "magnitude-population", "--no-record"]
PARTS = 12
MOST_APART = 10.0
"""MB between the least and the most memory: ±5."""
MOST_SLOWER = 1.2
"""A frame's time in the last third over that in the first: it is measured on a machine with other work, too."""


def parts(minutes: float) -> tuple[list[float], list[float]]:
    """Megabytes, and seconds a frame, in each part of the time."""
    memory, frames = [], []
    with Terminal(COMMAND) as terminal:
        terminal.wait_for("training")
        for part in range(1, PARTS + 1):
            seen, work = len(terminal.raw_bytes), main_thread_seconds(terminal.process.pid)
            time.sleep(60 * minutes / PARTS)
            count = len(FRAME.split(terminal.raw_bytes[seen:])) - 1
            memory.append(megabytes(terminal.process.pid))
            frames.append((main_thread_seconds(terminal.process.pid) - work) / max(count, 1))
            step, rate = step_of(terminal.screen()), count * PARTS / minutes / 60
            print(f"{minutes * part / PARTS:6.1f} min  step {step:>13,}  {memory[-1]:6.1f} MB  {rate:4.1f} frames/s  "
                  f"{milliseconds(frames[-1])} each", flush=True)  # fmt: skip
        terminal.send("q")
        terminal.wait_exit()
    return memory, frames


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--minutes", type=float, default=60.0)
    memory, frames = (values[1:] for values in parts(parser.parse_args().minutes))
    third = len(frames) // 3
    return report(
        [
            Figure("MB between the least and the most", max(memory) - min(memory), MOST_APART),
            Figure("a frame's time, the last third ÷ the first", median(frames[-third:]) / median(frames[:third]),
                   MOST_SLOWER),
        ]
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
