"""How soon the dashboard stands on the screen, against an empty Textual app. Exits 1 above the goal.

python -m tests.benchmarks.first_frame
"""

import sys
from collections.abc import Sequence
from functools import partial
from statistics import median

from tests.benchmarks.measure import Figure, interleaved, milliseconds, ratio, report
from tests.pty.terminal import Terminal

EMPTY = ([sys.executable, "-m", "tests.benchmarks.empty_app"], "training")
DASHBOARD = ([sys.executable, "-m", "periodic_tui"], "sine-31")
ROUNDS = 9
GOAL = 1.5


def first_frame(command: Sequence[str], text: str) -> float:
    """Seconds from the start of the program until `text` is on the screen."""
    with Terminal(command) as terminal:
        return terminal.wait_for(text, seconds=30) - terminal.started


def main() -> int:
    samples = interleaved(
        {"empty": partial(first_frame, *EMPTY), "dashboard": partial(first_frame, *DASHBOARD)}, ROUNDS
    )
    for name, values in samples.items():
        print(f"first frame, {name}: median {milliseconds(median(values))} of {ROUNDS}")
    return report([Figure("first frame ÷ an empty app's", ratio(samples, "dashboard", "empty"), GOAL)])


if __name__ == "__main__":
    sys.exit(main())
