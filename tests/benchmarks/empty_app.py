"""The yardstick: a Textual app with nothing in it but a word that the space key changes."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Static


class EmptyApp(App[None]):
    """Shows `training`, or `paused` after space."""

    BINDINGS: ClassVar[list[BindingType]] = [("space", "pause"), ("q", "quit")]
    paused = False

    def compose(self) -> ComposeResult:
        yield Static("training", id="state")

    def action_pause(self) -> None:
        self.paused = not self.paused
        self.query_one("#state", Static).update("paused" if self.paused else "training")


if __name__ == "__main__":
    EmptyApp().run()
