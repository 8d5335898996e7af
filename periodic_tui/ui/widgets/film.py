"""A death as it is played: which of its moments is shown."""

from periodic_tui.engine.snapshot import Death

PERIOD = 0.5
"""Seconds between two moments."""


class Film:
    """Goes from the first moment to the last, and stops there."""

    def __init__(self, death: Death) -> None:
        self.death = death
        self.home()

    def home(self) -> None:
        """From the first moment on."""
        self.number, self.playing = 0, True

    @property
    def over(self) -> bool:
        """Whether the last moment is shown."""
        return self.number >= len(self.death.film) - 1

    @property
    def step(self) -> int:
        """Of the moment that is shown."""
        return self.death.film[self.number].step

    def tick(self) -> None:
        """A period has passed."""
        if self.playing:
            self.number += not self.over
            self.playing = not self.over

    def turn(self, by: int) -> None:
        """Show an earlier or later moment, and stay there."""
        self.number, self.playing = min(max(self.number + by, 0), len(self.death.film) - 1), False

    def toggle(self) -> None:
        """Stop, or go on; after the end begin again."""
        if self.over:
            self.home()
        else:
            self.playing = not self.playing
