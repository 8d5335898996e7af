"""How soon a key shows over slow links, while training runs flat out. Exits 1 above the goals.

    python -m tests.benchmarks.slow_links [PRESET]

Between the program and the terminal is a link that carries so many bytes a second, behind a buffer of 2 MB, as ssh and
the network have it. The key is space, as in `key_latency`. A terminal at hand comes first, to compare with.
"""

import math
import random
import sys
import time
from argparse import ArgumentParser

from tests.benchmarks.key_latency import press
from tests.benchmarks.measure import Figure, milliseconds, quantile, report
from tests.benchmarks.memory import megabytes
from tests.pty.link import LinkedTerminal

GOALS = {20_000: (0.3, None), 100_000: (0.05, 0.25)}
"""Bytes a second, and the most that half of the keys and 99 of 100 may take, in seconds."""
PRESSES = 100
SETTLING = 5.0
MOST_GROWTH = 5.0
"""MB, beyond what it grows by at a terminal at hand."""


def name_of(rate: float) -> str:
    return f"{rate / 1e3:.0f} KB/s" if math.isfinite(rate) else "at hand"


def latencies(preset: str, rate: float) -> tuple[list[float], float]:
    """Seconds from each pausing press to `paused` in the header; and MB that the program grew in their last half."""
    moments, pauses, under_way, memory = random.Random(31), [], 0, 0.0
    with LinkedTerminal([sys.executable, "-m", "periodic_tui", preset, "--no-record"], rate) as terminal:
        terminal.wait_for("training")
        time.sleep(SETTLING)
        for number in range(PRESSES):
            if number == PRESSES // 2:
                memory = megabytes(terminal.process.pid)
            time.sleep(moments.uniform(0.2, 0.6))
            under_way = max(under_way, terminal.under_way)
            pauses.append(press(terminal, pauses=True))
            press(terminal, pauses=False)
        growth = megabytes(terminal.process.pid) - memory
    p50, p99 = (milliseconds(quantile(pauses, share)) for share in (0.5, 0.99))
    print(f"{name_of(rate)}: p50 {p50}, p99 {p99} of {PRESSES}; at most {under_way:,} bytes under way; "
          f"{growth:+.1f} MB", flush=True)  # fmt: skip
    return pauses, growth


def main() -> int:
    parser = ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("preset", nargs="?", default="magnitude-population")
    preset, figures = parser.parse_args().preset, []
    _, at_hand = latencies(preset, math.inf)
    for rate, (half, most) in GOALS.items():
        pauses, growth = latencies(preset, rate)
        name = name_of(rate)
        figures.append(Figure(f"{name}, p50", quantile(pauses, 0.5), half, milliseconds))
        if most:
            figures.append(Figure(f"{name}, p99", quantile(pauses, 0.99), most, milliseconds))
        figures.append(Figure(f"{name}, MB more at the end", growth - at_hand, MOST_GROWTH))
    return report(figures)


if __name__ == "__main__":
    sys.exit(main())
