"""A recording of ten million steps: how soon a replay shows its first picture, and what memory it takes.

    python -m tests.benchmarks.replay

Exits 1 where the first picture takes a second or more, or a replay played to its end 100 MB more than an empty Textual
app.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median

import numpy as np

from periodic_tui.engine.recording.journal import Line
from periodic_tui.engine.snapshot import Curve, Snapshot
from tests.benchmarks.first_frame import EMPTY
from tests.benchmarks.measure import Figure, milliseconds, report
from tests.benchmarks.memory import megabytes
from tests.pty.terminal import Terminal
from tests.recordings import write_recording
from tests.ui.scripted import SINE

STEPS, PICTURES, BINS = 10_000_000, 600, 512
ROUNDS = 9
MOST_SECONDS, MOST_MEMORY = 1.0, 100.0


def picture(number: int) -> Snapshot:
    """One of the pictures, its curves in as many bins as there can be."""
    step = STEPS * number // (PICTURES - 1)
    first = np.linspace(0, step, BINS + 1)[:-1]
    loss = np.exp(-first / 4e6) + 0.01 * np.sin(first) ** 2
    curve = Curve(first, 0.5 * loss, loss, 2 * loss, last=first + step / BINS, life=0 * first)
    return replace(SINE, step=step, train_curve=curve, probe_curve=curve, omega_curve=curve)


def first_picture(folder: Path) -> float:
    """Seconds from the start of the program until the first picture is on the screen."""
    with Terminal([sys.executable, "-m", "periodic_tui", "replay", folder]) as terminal:
        return terminal.wait_for("▶ replay") - terminal.started


def played(folder: Path) -> float:
    """MB of a replay at its end, after it has shown every few pictures."""
    with Terminal([sys.executable, "-m", "periodic_tui", "replay", folder]) as terminal:
        terminal.wait_for("▶ replay")
        terminal.send(8 * ">")
        terminal.wait_for(f"step {STEPS:,} of")
        return megabytes(terminal.process.pid)


def empty() -> float:
    """MB of an empty app."""
    with Terminal(EMPTY[0]) as terminal:
        terminal.wait_for(EMPTY[1])
        return megabytes(terminal.process.pid)


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        lines = [Line(0, 0, "sine-31"), Line(1, STEPS // 3, "injected", "inject")]
        folder = write_recording(Path(place) / "run", map(picture, range(PICTURES)), lines)
        size = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
        seconds = [first_picture(folder) for _ in range(ROUNDS)]
        print(f"{PICTURES} pictures, {size / 1e6:.0f} MB; first picture: median {milliseconds(median(seconds))}")
        figures = [
            Figure("seconds to the first picture", median(seconds), MOST_SECONDS),
            Figure("MB more than an empty app", played(folder) - empty(), MOST_MEMORY),
        ]
    return report(figures)


if __name__ == "__main__":
    sys.exit(main())
