"""A picture of the dashboard for the README, from a real run in a real pseudo-terminal.

python -m tests.benchmarks.picture [PRESET [FILE]]
"""

import re
import sys
import time
from pathlib import Path

from pyte.screens import Char

from tests.benchmarks.svg import INK, PAPER, Cell, picture
from tests.pty.emulator import Emulator
from tests.pty.terminal import ROOT, Terminal

FILE = ROOT / "docs" / "dashboard.svg"
BEFORE, AFTER = 10.0, 5.0
"""Seconds that the run is watched before and after the answer is injected."""
BUILD = 240.0
"""Seconds that the compiled engine may take."""
NAMED = {"default": "", "black": "000000", "white": "e0e0e0", "red": "ff5f5f", "green": "5faf5f", "blue": "5f87ff"}


def cells_of(screen: Emulator) -> list[list[Cell]]:
    """What is on the emulator's screen, with its colors."""
    return [[_cell(screen.buffer[row][column]) for column in range(screen.columns)] for row in range(screen.lines)]


def _cell(char: Char) -> Cell:
    front, back = _color(char.fg, INK), _color(char.bg, PAPER)
    if char.reverse:
        front, back = back, front
    return Cell(char.data or " ", front, back, char.bold)


def _color(name: str, otherwise: str) -> str:
    value = NAMED.get(name, name)
    return f"#{value}" if re.fullmatch(r"[0-9a-f]{6}", value) else otherwise


def take(preset: str) -> str:
    """Open the dashboard on a preset, inject the answer a while after the engine is built, and draw the screen."""
    with Terminal([sys.executable, "-m", "periodic_tui", preset]) as terminal:
        terminal.wait_for("· compiled", seconds=BUILD)
        time.sleep(BEFORE)
        terminal.send("i")
        terminal.wait_for("injected the known answer")
        time.sleep(AFTER)
        terminal.screen()
        drawn = picture(cells_of(terminal.emulator), f"periodic-tui on {preset}, some time after the answer was set")
        terminal.send("q")
        terminal.wait_exit()
    return drawn


def main(preset: str = "sine-31", file: str = str(FILE)) -> int:
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text(take(preset), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
