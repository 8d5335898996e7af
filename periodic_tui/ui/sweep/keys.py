"""The keys of the map."""

from textual.binding import Binding, BindingType

from periodic_tui.ui.key_table import dashboard_keys
from periodic_tui.ui.keys import ALWAYS, bindings, key_for
from periodic_tui.ui.widgets.key_line import GAP, Entry, KeyLine

_WAYS = {"left": (-1, 0, "before"), "right": (1, 0, "behind"), "up": (0, -1, "above"), "down": (0, 1, "below")}
_OPEN = Binding("enter", "open_cell", "open", tooltip="Train the cell under the cursor on the dashboard", id="map.open")
KEYS: list[BindingType] = [
    *(
        Binding(key, f"move({across}, {down})", f"cell {word}", tooltip=f"The cell {word}", id=f"map.{key}")
        for key, (across, down, word) in _WAYS.items()
    ),
    _OPEN,
    *bindings(key for key in dashboard_keys() if key.ident in ("export", "help")),
    *ALWAYS,
]
"""As bindings of the screen; those that the dashboard has, too, are the user's own here as there."""


class MapKeyLine(KeyLine):
    """Shows them; a click does what the key does."""

    def _entries(self) -> list[Entry]:
        shared = [("export_picture", "export"), ("help", "help"), ("app.quit", "quit")]
        entries = [("arrows", "move", ""), (_OPEN.key, "open", _OPEN.action)]
        return fitting([*entries, *((key_for(does), word, does) for does, word in shared)], self.size.width - 2)


def fitting(entries: list[Entry], width: int) -> list[Entry]:
    """As many as fit; help and quit, the last two, are always there."""
    while len(entries) > 2 and sum(len(f"{key} {word}{GAP}") for key, word, _ in entries) - len(GAP) > width:
        del entries[-3]
    return entries
