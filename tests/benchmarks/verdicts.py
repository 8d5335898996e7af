"""Confusion matrix of the verdicts over planted runs: python -m tests.benchmarks.verdicts.

Exits 1 where fewer than 97 % are right, or where a solved run is not called solved, or another one is.
"""

from __future__ import annotations

import sys
from collections import Counter

import torch

from tests.engine.verdicts.planted import PLANTS

RIGHT = 0.97
FEWEST = 500


def main() -> int:
    """Judge every planted run and print what it was taken for."""
    torch.set_num_threads(1)
    pairs: Counter[tuple[str, str]] = Counter()
    for plant in PLANTS:
        run, expected = plant()
        run.reading()
        found = run.measured.population.names()
        own = Counter((want, got) for want, got in zip(expected, found, strict=True) if want is not None)
        right = sum(count for (want, got), count in own.items() if want == got)
        print(f"{plant.__name__:<20} {right:>4} of {sum(own.values()):>4} right")
        pairs += own
    print("\n" + "\n".join(matrix(pairs)))
    return verdict_on(pairs)


def matrix(pairs: Counter[tuple[str, str]]) -> list[str]:
    """A row for each planted code, a column for each code that was found."""
    codes = list(dict.fromkeys(code for pair in pairs for code in pair))
    head = " " * 24 + "".join(f"{number:>5}" for number in range(1, len(codes) + 1))
    rows = [
        f"{number:>2} {code:<21}" + "".join(f"{pairs[code, other] or '·':>5}" for other in codes)
        for number, code in enumerate(codes, 1)
    ]
    return [head, *rows]


def verdict_on(pairs: Counter[tuple[str, str]]) -> int:
    """The exit code."""
    total, right = sum(pairs.values()), sum(count for (want, got), count in pairs.items() if want == got)
    wrong = sum(count for (want, got), count in pairs.items() if want != got and "solved" in (want, got))
    print(f"\n{right} of {total} right: {right / total:.1%} (goal {RIGHT:.0%} of at least {FEWEST})")
    print(f"{wrong} wrong about a solved run (goal 0)")
    return 0 if total >= FEWEST and right >= RIGHT * total and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
