"""The dashboard without training, in a real terminal: `python -m tests.pty.small`. What the first argument says is run
in the worker's thread, once the dashboard is there."""

import sys
from dataclasses import replace

from periodic_tui.ui.launch import run_dashboard
from periodic_tui.ui.screens.opening import Opening
from tests.ui.scripted import PRESETS, SINE, ScriptedSession


class Worker(ScriptedSession):
    """Is paused, so that nothing changes by itself, and knows nothing but help and lists."""

    def run(self) -> None:
        for code in sys.argv[1:]:
            exec(code)


def main() -> int:
    session = Worker(replace(SINE, state="paused"))
    code, _ = run_dashboard(Opening("sine-31", "One learnable frequency", "story"), lambda: (session, PRESETS))
    return code


if __name__ == "__main__":
    sys.exit(main())
