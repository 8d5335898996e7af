"""`python -m tests.benchmarks.same_bits write FILE` writes down what `periodic-tui train` prints for every preset after
500 steps on both engines; `... compare FILE`, of another version on the same machine, says which presets differ in the
last bit. Losses of chaotic problems differ in the first digit after some hundred steps where one rounding differed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

STEPS = 500
ENGINES = ("eager", "compiled")


def main() -> int:
    """Write or compare; returns 1 where a preset differs."""
    verb, path = sys.argv[1], Path(sys.argv[2])
    if verb == "write":
        path.write_text(json.dumps({run: figures(*run.split()) for run in runs()}, indent=0))
        return 0
    before = json.loads(path.read_text())
    different = [run for run in runs() if not same(run, before[run])]
    print(f"{len(before) - len(different)} of {len(before)} runs are the same to the last bit")
    return bool(different)


def runs() -> list[str]:
    """`PRESET ENGINE` for every preset and engine."""
    printed = subprocess.run([*command("presets"), "--json"], capture_output=True, text=True, check=True).stdout
    return [f"{preset['name']} {engine}" for preset in json.loads(printed) for engine in ENGINES]


def same(run: str, before: list[dict[str, Any]]) -> bool:
    """Whether a run prints the figures of before; says so."""
    found = figures(*run.split())
    for old, new in zip(before, found, strict=True):
        if old != new:
            print(f"{run}: {old} before, {new} now", flush=True)
            return False
    print(f"{run}: the same", flush=True)
    return True


def figures(preset: str, engine: str) -> list[dict[str, Any]]:
    """Step, losses and frequency of each snapshot that the command prints, then what it ended with."""
    train = command("train", preset, "--device", "cpu", "--engine", engine, "--steps", str(STEPS), "--json")
    done = subprocess.run(train, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    if done.returncode:
        return [{"refused": done.stderr.strip()}]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [{key: line.get(key) for key in ("event", "step", "loss", "train_loss", "omega")} for line in lines]


def command(*words: str) -> list[str]:
    """The program of this checkout."""
    return [sys.executable, "-m", "periodic_tui", *words]


if __name__ == "__main__":
    sys.exit(main())
