"""Frames on their way to the terminal."""

import asyncio
import os

from rich.color import ColorSystem

from periodic_tui.ui.terminal.canvas import Canvas
from periodic_tui.ui.terminal.pace import Pace
from periodic_tui.ui.terminal.writer import Writer


def test_the_second_frame_of_a_screen_that_opens_does_not_wait_for_its_turn() -> None:
    pace = Pace(fps=1, asking=False, clock=lambda: 7.0)

    async def opened() -> float:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        writer = Writer("utf-8", Canvas(ColorSystem.TRUECOLOR), pace)
        writer.open(writing)
        pace.sent(4, asked=False)  # what the terminal is asked, and a first frame
        pace.sent(10, asked=False)
        writer.close()
        os.close(reading)
        os.close(writing)
        return pace.wait()

    assert asyncio.run(opened()) == 0
