"""What a screen of panes does where a script trains, and not a session."""

from textual.events import Key
from textual.reactive import var

from periodic_tui.engine.snapshot import EMPTY, Snapshot
from periodic_tui.ui.keys import training_key, trains
from periodic_tui.ui.screens.at_once import AtOnce
from periodic_tui.ui.widgets.pane import Pane


class ScriptScreen(AtOnce):
    """Keeps keys from what they have no hold on, and the choice of a layer."""

    snapshot: var[Snapshot] = var(EMPTY)
    chosen_layer: var[str] = var("")
    """The layer of a script's network that the user has chosen; empty where none is."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing that is about training has any hold on a script; what has none is not named in help either."""
        return not (self.snapshot.script and trains(action, parameters))

    def on_key(self, event: Key) -> None:
        """Say so in one sentence."""
        if self.snapshot.script and training_key(event.key):
            self.notify("a script is only watched: no key changes its training", markup=False)

    def watch_snapshot(self, old: Snapshot, new: Snapshot) -> None:
        """The layers of another run are others."""
        if new.run != old.run:
            self.chosen_layer = ""

    def on_pane_chosen(self, message: Pane.Chosen) -> None:
        self.chosen_layer = message.layer
