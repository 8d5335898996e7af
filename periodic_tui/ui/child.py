"""What the screen needs of the script that was started for it."""

from typing import Protocol


class Ended(Protocol):
    """How a process has ended."""

    @property
    def code(self) -> int:
        """As shells have it: 128 + N after signal N."""
        ...


class Child(Protocol):
    """A script in a process of its own; tests have a scripted one."""

    def poll(self) -> Ended | None:
        """How it has ended; None while it runs."""
        ...

    def send_signal(self, number: int) -> None:
        """Send a signal to it, and to whatever it has started."""
        ...
