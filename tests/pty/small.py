"""The dashboard without training, in a real terminal: `python -m tests.pty.small CODE...`.

Nothing changes by itself. Each CODE is run in the worker's thread, once the dashboard is there.
"""

import sys
from dataclasses import replace
from pathlib import Path

from periodic_tui.ui.launch import run_dashboard
from periodic_tui.ui.screens.opening import Opening
from tests.pty.terminal import Terminal
from tests.ui.scripted import PRESETS, SINE, ScriptedSession

SMALL = [sys.executable, "-m", "tests.pty.small"]
SHELL = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
"""With job control, and the terminal in the usual modes at the prompt."""


class Worker(ScriptedSession):
    """Shows a paused run."""

    def run(self) -> None:
        for code in sys.argv[1:]:
            exec(code)


def main() -> int:
    """Show the dashboard; returns the exit code."""
    session = Worker(replace(SINE, state="paused"))
    code, _ = run_dashboard(Opening("sine-31", "One learnable frequency", "story"), lambda: (session, PRESETS))
    return code


def is_up(rows: list[str]) -> bool:
    """Whether the screen shows it."""
    return "sine-31" in rows[0] and "paused" in rows[0]


def in_shell(terminal: Terminal, folder: Path) -> int:
    """Start it as a job of a shell with prompt `$ `, and wait until it is up; returns its process."""
    note = folder / "pid"
    terminal.send(f"sh -c 'echo $$ >{note}; exec {' '.join(SMALL)}'\r")
    terminal.wait_for(is_up)
    return int(note.read_text())


if __name__ == "__main__":
    sys.exit(main())
