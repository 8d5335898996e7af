"""What the terminal shows from the first frame on."""

import sys

from tests.pty.terminal import Terminal

LEAST = 200
"""Characters: the opening's frame and story have more, and the dashboard has many more."""


class Watched(Terminal):
    """Notes how much stands on the screen whenever something has come."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        self.seen: list[int] = []

    def _next_bytes(self) -> bytes:
        self.seen.append(sum(len(row.replace(" ", "")) for row in self.emulator.display))
        return super()._next_bytes()


def test_once_something_is_on_the_screen_it_is_never_blank() -> None:
    terminal = Watched([sys.executable, "-m", "tests.pty.small"])
    with terminal:
        terminal.wait_for("verdict")
        terminal.wait_quiet(0.5)
        counts = list(terminal.seen)
        terminal.send("q")
        assert terminal.wait_exit() == 0
    begun = next(place for place, count in enumerate(counts) if count >= LEAST)
    assert min(counts[begun:]) >= LEAST
