"""Ten million steps of sine-31: memory of the dashboard, and whether its plot keeps every spike of the loss.

    python -m tests.benchmarks.memory

Exits 1 where the dashboard grows by 10 MB or more after the first million, or where a bin of the plotted curve has
not the extremes of its own steps.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from periodic_tui.engine.arrays import Floats
from periodic_tui.engine.session import Session
from periodic_tui.engine.training.step import State
from periodic_tui.presets.files import load
from tests.benchmarks.measure import Figure, report
from tests.pty.terminal import Terminal

PACE = 500_000
"""Steps a second of the dashboard: so slow that the header shows a milestone when it is reached."""
COMMAND = [
    *(sys.executable, "-m", "periodic_tui", "sine-31", "--device", "cpu", "--engine", "compiled"),
    *("--set", f"training.pace={PACE}"),
]
MILESTONES = 1_000_000, 4_000_000, 7_000_000, 10_000_000
MOST_GROWTH = 10.0
"""MB from the first milestone to the last."""
PATIENCE = 600.0
"""Seconds for the build, and from one milestone to the next."""
CHUNK = 10_000


def step_of(rows: list[str]) -> int:
    """The step that the header shows; −1 where it shows none."""
    found = re.search(r"step +([\d,]+)", rows[0])
    return int(found[1].replace(",", "")) if found else -1


def megabytes(process: int | str = "self") -> float:
    """Resident memory of a process, in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def growth() -> float:
    """MB by which the dashboard grows from the first milestone to the last."""
    memory = []
    with Terminal(COMMAND, columns=160) as terminal:
        for milestone in MILESTONES:

            def reached(rows: list[str], milestone: int = milestone) -> bool:
                return step_of(rows) >= milestone

            terminal.wait_for(reached, PATIENCE)
            memory.append(megabytes(terminal.process.pid))
            print(f"step {step_of(terminal.screen()):>12,}  {memory[-1]:6.1f} MB", flush=True)
        terminal.send("q")
        terminal.wait_exit()
    return memory[-1] - memory[0]


def lost() -> int:
    """Bins of the plotted curve that have not the extremes of the losses of their steps."""
    name, experiment = load("sine-31", ())
    session = Session(load, name, experiment, device="cpu", engine="compiled")
    session.open()
    losses = recorded(session)
    while session.step < MILESTONES[-1]:
        session.advance(CHUNK)
    everything, curve = np.concatenate(losses), session.snapshot().train_curve
    firsts = np.arange(0, len(everything), curve.width)
    low, high = np.minimum.reduceat(everything, firsts), np.maximum.reduceat(everything, firsts)
    print(f"{len(firsts)} bins of {curve.width:,} steps, the largest loss {everything.max():.4g}")
    return int(((curve.low != low) | (curve.high != high)).sum())


def recorded(session: Session) -> list[Floats]:
    """A list to which the session's losses are added from now on."""
    losses: list[Floats] = []
    stepper = session.current.trainer.stepper
    run = stepper.run_until

    def recording(*arguments: Any) -> tuple[State, Tensor]:
        state, loss = run(*arguments)
        losses.append(loss[:, 0].double().numpy())
        return state, loss

    vars(stepper)["run_until"] = recording
    return losses


def main() -> int:
    return report(
        [
            Figure("MB more at the end", growth(), MOST_GROWTH),
            Figure("bins that lost a spike", lost(), 0.0),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
