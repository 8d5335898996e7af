"""The keys of the map."""

from textual.binding import BindingType

from periodic_tui.ui.key_table import dashboard_keys
from periodic_tui.ui.keys import ALWAYS, bindings, key_for, keys_of, pane_bindings
from periodic_tui.ui.widgets.key_line import GAP, Entry, KeyLine

KEYS: list[BindingType] = [
    *pane_bindings("map"),
    *bindings(key for key in dashboard_keys() if key.ident in ("export", "help")),
    *ALWAYS,
]
"""As bindings of the screen; those that the dashboard has, too, are the user's own here as there."""


class MapKeyLine(KeyLine):
    """Shows them; a click does what the key does."""

    def _entries(self) -> list[Entry]:
        shared = [("export_picture", "export"), ("help", "help"), ("app.quit", "quit")]
        arrows = keys_of("map.left", "map.right", "map.up", "map.down"), "move", ""
        entries = [arrows, (keys_of("map.open"), "open", "open_cell")]
        return fitting([*entries, *((key_for(does), word, does) for does, word in shared)], self.size.width - 2)


def fitting(entries: list[Entry], width: int) -> list[Entry]:
    """As many as fit; help and quit, the last two, are always there."""
    while len(entries) > 2 and sum(len(f"{key} {word}{GAP}") for key, word, _ in entries) - len(GAP) > width:
        del entries[-3]
    return entries
