"""What looking costs: share of the training thread's time that goes into pictures, on every built-in preset.

python -m tests.benchmarks.diagnostics_cost [PRESET…] exits 1 where a share is above 3 %, or pictures come too seldom.

All times are the thread's own: what else runs on the machine neither counts nor changes how often pictures are taken.
The very first picture, before the first step, is left out.
"""

from __future__ import annotations

import sys
import time

from periodic_tui.engine.session import Session
from periodic_tui.engine.snapshot import View
from periodic_tui.presets.files import built_in, load

SECONDS = 8.0
"""Or a little longer: from the end of a picture to the end of a picture, since few are taken of the largest."""
GOAL = 0.03
FEWEST = 0.5
"""Pictures a second."""
PANES = View(panes=("landscape",))


class Watched(Session):
    """A session that counts its pictures and the time they take."""

    pictures = 0
    spent = 0.0
    ended: tuple[float, int] = (0.0, 0)
    """Time and step at the end of the last picture."""

    def _publish(self) -> None:
        started = time.thread_time()
        super()._publish()
        self.ended = time.thread_time(), self.step
        self.spent += self.ended[0] - started
        self.pictures += 1


def measured(name: str) -> tuple[float, float, float]:
    """Share of the thread's own time, pictures a second and steps a second of a preset, trained flat out."""
    name, experiment = load(name, ())
    training = experiment.training.model_copy(update={"pace": 0.0})
    session = Watched(lambda preset: load(preset, ()), name, experiment.model_copy(update={"training": training}),
                      device="cpu", engine="eager", clock=time.thread_time)  # fmt: skip
    session.open()
    session.look(PANES)
    pictures_for(session, 0.0)
    session.pictures, session.spent = 0, 0.0
    before = session.ended
    pictures_for(session, SECONDS)
    elapsed, steps = (b - a for a, b in zip(before, session.ended, strict=True))
    return session.spent / elapsed, session.pictures / elapsed, steps / elapsed


def pictures_for(session: Watched, seconds: float) -> None:
    """Train for so long, up to the end of the next picture."""
    end = time.thread_time() + seconds
    while session.ended[0] < end:
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
