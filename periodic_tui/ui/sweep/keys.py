"""The keys of the map."""

from textual.binding import Binding, BindingType
from textual.keys import key_to_character

from periodic_tui.ui.keys import ALWAYS, key_for
from periodic_tui.ui.widgets.key_line import GAP, Entry, KeyLine
from periodic_tui.ui.widgets.pane import arrows

_OWN = (
    Binding("enter", "open_cell", "open", tooltip="Train the cell under the cursor on the dashboard", id="map.open"),
    Binding("e", "export_picture", "export", tooltip="Write the map to a file, as SVG", id="map.export"),
    Binding("question_mark,f1", "help", "help", tooltip="Every key, and what the map shows", id="map.help"),
)
KEYS: list[BindingType] = [*arrows("map", "cell"), *_OWN, *ALWAYS]
"""As bindings of the screen."""


class MapKeyLine(KeyLine):
    """Shows them; a click does what the key does."""

    def _entries(self) -> list[Entry]:
        own = [(_written(each.key), each.description, each.action) for each in _OWN]
        return fitting([("arrows", "move", ""), *own, (key_for("app.quit"), "quit", "app.quit")], self.size.width - 2)


def fitting(entries: list[Entry], width: int) -> list[Entry]:
    """As many as fit; help and quit, the last two, are always there."""
    while len(entries) > 2 and sum(len(f"{key} {word}{GAP}") for key, word, _ in entries) - len(GAP) > width:
        del entries[-3]
    return entries


def _written(keys: str) -> str:
    """The first of them in words that are ASCII."""
    key = keys.partition(",")[0]
    return key_to_character(key) or key
