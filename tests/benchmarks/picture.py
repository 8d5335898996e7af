"""A picture of the dashboard for the README, from a real run on a screen in memory.

python -m tests.benchmarks.picture [PRESET [FILE]]
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from periodic_tui.engine import session as engine
from periodic_tui.presets.files import built_in, load
from periodic_tui.ui.app import PeriodicApp
from periodic_tui.ui.dashboard import Dashboard
from periodic_tui.ui.screens.opening import Opening
from periodic_tui.ui.session import Session

FILE = Path(__file__).resolve().parents[2] / "docs" / "dashboard.svg"
SIZE = (120, 40)
"""Columns and rows."""
BEFORE, AFTER = 10.0, 5.0
"""Seconds that the run is watched before and after the answer is injected."""
BUILD = 240.0
"""Seconds that the compiled engine may take."""


async def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.1)


async def take(session: Session, opening: Opening, before: float, after: float) -> str:
    """Open the dashboard, inject the answer `before` seconds after the engine is built, and draw the screen as SVG."""
    app = PeriodicApp(opening, lambda: (session, built_in()))
    async with app.run_test(size=SIZE) as pilot:
        await until(lambda: session.latest().engine == "compiled" and isinstance(app.screen, Dashboard), BUILD)
        await pilot.pause(before)
        await pilot.press("i")
        await until(lambda: any(event.command for event in session.latest().events))
        await pilot.pause(after)
        drawn = app.export_screenshot(title=f"periodic-tui {opening.preset}")
        session.stop()
    app.worker.join()
    return drawn


def main(preset: str = "sine-31", file: str = str(FILE)) -> int:
    name, experiment = load(preset, ())
    session = engine.Session(lambda other: load(other, ()), name, experiment)
    drawn = asyncio.run(take(session, Opening(name, experiment.title, experiment.story), BEFORE, AFTER))
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
