"""How soon a key shows while training runs flat out, against an empty Textual app. Exits 1 above the goals.

The key is space: it goes through the whole spine (binding, command queue, trainer, snapshot, header). Only the
presses that pause are counted; those that resume find the machine idle.

    python -m tests.benchmarks.key_latency
"""

import random
import sys
import time
from collections.abc import Callable, Sequence

from tests.benchmarks.measure import Figure, milliseconds, quantile, report
from tests.pty.terminal import Terminal

EMPTY = [sys.executable, "-m", "tests.benchmarks.empty_app"]
DASHBOARD = [sys.executable, "-m", "periodic_tui", "sine-31"]
PRESSES = 200
MEDIAN_ABOVE_EMPTY = 0.010
P99 = 0.060


def paused(wanted: bool) -> Callable[[list[str]], bool]:
    """Whether the header says so: a run that goes on may be training or, by chance, solved."""
    return lambda rows: ("paused" in rows[0]) is wanted


def press(terminal: Terminal, pauses: bool) -> float:
    """Seconds from a space to the header's new word."""
    sent = terminal.send(" ")
    return terminal.wait_for(paused(pauses)) - sent


def latencies(command: Sequence[str]) -> list[float]:
    """Seconds from each pausing press to `paused` in the header."""
    moments = random.Random(31)
    pauses = []
    with Terminal(command) as terminal:
        terminal.wait_for("training", seconds=60)
        for _ in range(PRESSES):
            time.sleep(moments.uniform(0.1, 0.3))  # uneven: in step with no timer
            pauses.append(press(terminal, pauses=True))
            press(terminal, pauses=False)
    return pauses


def main() -> int:
    empty, dashboard = latencies(EMPTY), latencies(DASHBOARD)
    for name, values in {"empty": empty, "dashboard": dashboard}.items():
        p50, p99 = (milliseconds(quantile(values, share)) for share in (0.5, 0.99))
        print(f"key to screen, {name}: p50 {p50}, p99 {p99} of {PRESSES}")
    limit = quantile(empty, 0.5) + MEDIAN_ABOVE_EMPTY
    return report(
        [
            Figure("key to screen, p50", quantile(dashboard, 0.5), limit, milliseconds),
            Figure("key to screen, p99", quantile(dashboard, 0.99), P99, milliseconds),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
