"""What looking costs: share of the training thread's time that goes into pictures, on every built-in preset.

python -m tests.benchmarks.diagnostics_cost [PRESET…] exits 1 where a share is above 3 %, or pictures come too seldom.
"""

from __future__ import annotations

import sys
import time

from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import View
from periodic_tui.preset_files import built_in, load

SECONDS = 4.0
WARM_UP = 1.5
GOAL = 0.03
FEWEST = 0.5
"""Pictures a second."""
PANES = View(panes=("landscape",))


class Watched(Session):
    """A session that counts its pictures and the time they take."""

    pictures = 0
    spent = 0.0

    def _publish(self) -> None:
        started = time.thread_time()
        super()._publish()
        self.spent += time.thread_time() - started
        self.pictures += 1


def measured(name: str) -> tuple[float, float, float]:
    """Share of the thread's own time, pictures a second and steps a second of a preset, trained flat out."""
    name, experiment = load(name, ())
    training = experiment.training.model_copy(update={"pace": 0.0})
    session = Watched(lambda preset: load(preset, ()), name, experiment.model_copy(update={"training": training}),
                      device="cpu", engine="eager")  # fmt: skip
    session.open()
    session.look(PANES)
    turn_for(session, WARM_UP)
    session.pictures, session.spent, first = 0, 0.0, session.step
    started, busy = time.perf_counter(), time.thread_time()
    turn_for(session, SECONDS)
    elapsed, busy = time.perf_counter() - started, time.thread_time() - busy
    return session.spent / busy, session.pictures / elapsed, (session.step - first) / elapsed


def turn_for(session: Session, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        session._turn()


def main(names: list[str]) -> int:
    """Print the figures of every preset."""
    missed = 0
    for name in names or [preset[0] for preset in built_in()]:
        share, pictures, steps = measured(name)
        met = share <= GOAL and pictures >= FEWEST
        missed += not met
        print(f"{name:<24} {share:6.2%} of the time  {pictures:5.1f} pictures/s  {steps:9,.0f} steps/s "
              f"{'ok' if met else 'MISSED'}", flush=True)  # fmt: skip
    print(f"goal: at most {GOAL:.0%}, at least {FEWEST} pictures/s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
